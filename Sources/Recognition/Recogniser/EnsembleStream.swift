import StimmungTensors

/// The posteriors of a recording's frames by all networks of an ensemble, as the frames come.
struct EnsembleStream {
    private var streams: [PosteriorStream]

    init(_ ensemble: Ensemble) {
        streams = ensemble.networks.map { PosteriorStream($0) }
    }

    /// Takes the next frames, at least one; returns log posteriors, a row for each frame that is due. Networks of the same layers give out the
    /// same frames at the same time.
    mutating func push(_ frames: Matrix) -> Matrix {
        LogPosteriors.mean(of: streams.indices.map { streams[$0].push(frames) })
    }

    /// The log posteriors of the frames that are left at the recording's end.
    mutating func finish() -> Matrix {
        LogPosteriors.mean(of: streams.indices.map { streams[$0].finish() })
    }
}
