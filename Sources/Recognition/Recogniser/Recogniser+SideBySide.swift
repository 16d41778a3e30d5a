import StimmungFeatures
import StimmungSupport
import StimmungTensors

/// Recordings side by side in one network: a time step of a recurrent network reads all its weights, for one recording as for sixteen.
extension Recogniser {
    /// Recordings that are worth being taken together: enough that batches of sixteen are of like length. Their frames are held, at most
    /// 160 kB of each with 39 features.
    static let groupSize = 48

    /// Recognises several recordings on the calling thread, each as `predict(path:timeline:)` does, and those of up to ten seconds side by side.
    ///
    /// - Returns: for each recording its prediction, or what `predict(path:timeline:)` throws.
    public func predict(paths: [String], timeline: Timeline? = nil) -> [Result<Prediction, any Error>] {
        guard model.recipe.features.functionals == nil, paths.count > 1 else {
            return paths.map { path in Result { try predict(path: path, timeline: timeline) } }
        }
        var short: [(index: Int, recording: ShortRecording)] = []
        var results: [Result<Prediction, any Error>?] = paths.enumerated().map { index, path in
            do {
                switch try read(path, timeline) {
                case .short(let recording):
                    short.append((index, recording))
                    return nil
                case .long(let prediction): return .success(prediction)
                }
            } catch { return .failure(error) }
        }
        let logs = model.ensemble.logPosteriors(of: short.map(\.recording.frames), workers: Workers(threads: 1), memories: memories)
        for ((index, recording), logs) in zip(short, logs) {
            results[index] = Result { try prediction(paths[index], logs, timeline, samples: recording.samples) }
        }
        return results.compactMap { $0 }
    }

    /// A recording that has been read as a whole.
    private struct ShortRecording {
        /// Normalised.
        let frames: Matrix
        let samples: Int
    }

    private enum Reading {
        case short(ShortRecording)
        case long(Prediction)
    }

    /// Reads a recording; one that is longer than a chunk is recognised at once, so that no more frames than a chunk are held of any.
    private func read(_ path: String, _ timeline: Timeline?) throws -> Reading {
        try cancellation.check()
        var stream = try open(path, frontEnd)
        var frames = try stream.next(maximumFrames: Self.chunk)
        while case let more = try stream.next(maximumFrames: Self.chunk), more.rows > 0 {
            guard frames.rows + more.rows <= Self.chunk else {
                return .long(try predictByFrames(path, timeline.map { SegmentPooling($0, model) }, after: [frames, more], &stream))
            }
            frames.append(rows: more)
        }
        switch model.recipe.normalisation {
        case .none: break
        case .train: model.normaliser?.apply(to: &frames)
        case .utterance, .speaker:
            var statistics = FeatureStatistics(width: frames.columns)
            statistics.add(frames)
            Normaliser(statistics).apply(to: &frames)
        }
        return .short(ShortRecording(frames: frames, samples: stream.sampleCount))
    }

    private func prediction(_ path: String, _ logs: Matrix, _ timeline: Timeline?, samples: Int) throws -> Prediction {
        var whole = model.pooling
        whole.add(logs)
        var segments = timeline.map { SegmentPooling($0, model) }
        segments?.add(logs)
        return try prediction(path, whole, segments, samples: samples)
    }
}
