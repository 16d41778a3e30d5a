import StimmungNetworks
import StimmungTensors

/// The posteriors of a recording's frames as these come, in bounded memory.
///
///     var stream = PosteriorStream(network)
///     while … { pooling.add(stream.push(frames)) }
///     pooling.add(stream.finish())
///
/// A network that works frame by frame keeps its state. It gives each frame's posteriors at once or, if it joins a frame with later ones, as soon as
/// these have arrived. They equal those of the whole recording.
///
/// A network that looks ahead to the end runs on windows of `chunk` frames with `overlap` more on either side, whose posteriors are discarded. A
/// recording of up to chunk + overlap frames is run as a whole. In a longer one, both directions have read at least `overlap` frames beyond each
/// frame that counts. The windows do not depend on how the frames are pushed.
package struct PosteriorStream {
    /// Frames of a window that count: ten seconds at the default hop.
    package static let chunk = 1000
    /// A second at the default hop, as much as the recipes' crops show the network in training.
    package static let overlap = 100

    private let network: Network
    private let memory: NetworkMemory
    /// Frames that wait for later ones, after `seen` that have been given out.
    private var waiting: Matrix
    private var seen = 0

    package init(_ network: Network) {
        self.network = network
        memory = network.makeMemory()
        waiting = Matrix(rows: 0, columns: network.inputs)
    }

    /// Takes the next frames, at least one; returns log posteriors, a row for each frame that is due.
    package mutating func push(_ frames: Matrix) -> Matrix {
        guard network.looksAhead || network.holdsRowsBack else { return logPosteriors(frames, .streaming) }
        waiting.append(rows: frames)
        guard network.looksAhead else {
            // The last frame waits, since the network must be told which one ends the stream.
            let last = waiting.rows - 1
            guard last > 0 else { return Matrix(rows: 0, columns: network.outputs) }
            defer { waiting = waiting.rows(last..<last + 1) }
            return logPosteriors(waiting.rows(0..<last), .streaming)
        }
        var due = Matrix(rows: 0, columns: network.outputs)
        while waiting.rows > seen + Self.chunk + Self.overlap {
            let end = seen + Self.chunk
            due.append(rows: logPosteriors(waiting.rows(0..<end + Self.overlap), .inference).rows(seen..<end))
            waiting = waiting.rows(end - Self.overlap..<waiting.rows)
            seen = Self.overlap
        }
        return due
    }

    /// The log posteriors of the frames that are left at the recording's end.
    package mutating func finish() -> Matrix {
        guard waiting.rows > seen else { return Matrix(rows: 0, columns: network.outputs) }
        let rest =
            network.looksAhead
            ? logPosteriors(waiting, .inference).rows(seen..<waiting.rows) : logPosteriors(waiting, .streaming, endsStream: true)
        waiting.resize(rows: 0)
        seen = 0
        return rest
    }

    private func logPosteriors(_ frames: Matrix, _ phase: Phase, endsStream: Bool = false) -> Matrix {
        let pass = Pass(batch: PackedBatch(lengths: [frames.rows]), phase: phase, endsStream: endsStream)
        var logs = memory.forward(network, frames, pass)
        LogSoftmax.apply(&logs)
        return logs
    }
}

/// The posteriors of a recording's frames by all networks of an ensemble, as the frames come.
struct EnsembleStream {
    private var streams: [PosteriorStream]
    private var weights: [Float]?

    init(_ ensemble: Ensemble) {
        weights = ensemble.weights
        streams = ensemble.networks.map { PosteriorStream($0) }
    }

    /// Weighs the networks as an ensemble of the same networks does.
    mutating func weigh(as ensemble: Ensemble) {
        precondition(ensemble.networks.count == streams.count, "\(ensemble.networks.count) networks for \(streams.count) streams")
        weights = ensemble.weights
    }

    /// Takes the next frames, at least one; returns log posteriors, a row for each frame that is due. Networks of the same layers give out the
    /// same frames at the same time.
    mutating func push(_ frames: Matrix) -> Matrix {
        LogPosteriors.mean(of: streams.indices.map { streams[$0].push(frames) }, weights: weights)
    }

    /// The log posteriors of the frames that are left at the recording's end.
    mutating func finish() -> Matrix {
        LogPosteriors.mean(of: streams.indices.map { streams[$0].finish() }, weights: weights)
    }
}
