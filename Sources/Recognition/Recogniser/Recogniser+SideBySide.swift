import StimmungAudio
import StimmungFeatures
import StimmungSupport
import StimmungTensors

/// Recordings as one batch: a time step of a recurrent network reads all its weights, for one recording as for sixteen.
extension Recogniser {
    /// Largest number of recordings that are grouped: enough for batches of sixteen of similar length. Their frames are held, at most 160 kB per
    /// recording with 39 features.
    static let groupSize = 48

    /// Whether the model runs several recordings as one batch. One of functionals has a single row per recording.
    var isBatched: Bool { ofFolders.isEmpty && !model.recipe.features.isPooled && model.recipe.speech != .detected }

    /// Recognises several recordings on the calling thread, each as `predict(path:timeline:)` does, and those of up to ten seconds as a batch.
    ///
    /// - Returns: for each recording its prediction, or the error of `predict(path:timeline:)`.
    public func predict(paths: [String], timeline: Timeline? = nil) -> [Result<Prediction, any Error>] {
        predict(paths.map { AudioSegment(path: $0) }, timeline: timeline)
    }

    /// The same for recordings with a channel, a start and an end.
    package func predict(_ recordings: [AudioSegment], timeline: Timeline? = nil) -> [Result<Prediction, any Error>] {
        guard isBatched, recordings.count > 1 else {
            return recordings.map { recording in Result { try predict(recording, timeline: timeline) } }
        }
        var short: [(index: Int, recording: ShortRecording)] = []
        var results: [Result<Prediction, any Error>?] = recordings.enumerated().map { index, recording in
            do {
                switch try read(recording, timeline) {
                case .short(let recording):
                    short.append((index, recording))
                    return nil
                case .long(let prediction): return .success(prediction)
                }
            } catch { return .failure(error) }
        }
        let logs = model.ensemble.logPosteriors(of: short.map(\.recording.frames), workers: Workers(threads: 1), memories: memories)
        for ((index, recording), logs) in zip(short, logs) {
            results[index] = Result { try prediction(recordings[index], logs, timeline, recording.facts) }
        }
        return results.compactMap { $0 }
    }

    /// A recording that has been read as a whole.
    private struct ShortRecording {
        /// Normalised.
        let frames: Matrix
        let facts: Facts
    }

    private enum Reading {
        case short(ShortRecording)
        case long(Prediction)
    }

    /// Reads a recording. One that is longer than a chunk is recognised at once, so that at most a chunk of frames is held per recording.
    private func read(_ recording: AudioSegment, _ timeline: Timeline?) throws -> Reading {
        var stream = try open(recording, frontEnd)
        var frames = try stream.next(maximumFrames: Self.chunk)
        while case let more = try stream.next(maximumFrames: Self.chunk), more.rows > 0 {
            guard frames.rows + more.rows <= Self.chunk else {
                return .long(try predictByFrames(recording, timeline.map { SegmentPooling($0, model) }, after: [frames, more], &stream))
            }
            frames.append(rows: more)
        }
        switch model.recipe.normalisation {
        case .none: break
        case .train, .corpus: model.normaliser?.apply(to: &frames)
        case .utterance, .speaker:
            var statistics = FeatureStatistics(width: frames.columns)
            statistics.add(frames)
            Normaliser(statistics).apply(to: &frames)
        }
        return .short(ShortRecording(frames: frames, facts: Facts(samples: stream.sampleCount, warnings: stream.warnings)))
    }

    private func prediction(_ recording: AudioSegment, _ logs: Matrix, _ timeline: Timeline?, _ facts: Facts) throws -> Prediction {
        var whole = model.pooling
        whole.add(logs)
        var segments = timeline.map { SegmentPooling($0, model) }
        segments?.add(logs)
        return try prediction(recording, whole, segments, facts)
    }
}
