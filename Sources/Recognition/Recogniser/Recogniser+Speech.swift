import StimmungAudio
import StimmungFeatures

/// Recordings of which only the speech counts: each is a session whose events are collected.
extension Recogniser {
    /// Samples that are read at a time: ten seconds.
    private static let samplesRead = 160_000

    func predictSpeech(_ recording: AudioSegment, _ timeline: Timeline?) throws -> Prediction {
        var options = SessionOptions()
        options.posteriorInterval = nil
        options.timeline = timeline ?? Timeline()
        let rate = model.recipe.features.sampleRate
        let session = try RecognitionSession(self, sampleRate: rate, options, isRecording: true)
        let reader: AudioReader
        do { reader = try AudioReader(recording, sampleRate: rate, cancellation: cancellation) } catch { throw FeatureError.audio(error) }
        var segments: [Prediction.Segment] = []
        var samples = 0
        while true {
            try cancellation.check()
            let chunk: [Float]
            do { chunk = try reader.read(maximum: Self.samplesRead) } catch { throw FeatureError.audio(error) }
            if chunk.isEmpty { break }
            samples += chunk.count
            do { collect(try session.push(chunk), &segments, keeping: timeline != nil) } catch let error as FeatureError {
                throw error.naming(recording.path)
            }
        }
        let needed = model.recipe.features.samplesNeeded
        guard samples >= needed else { throw FeatureError.tooShort(file: recording.path, samples: samples, needed: needed) }
        let rest = try session.finish()
        collect(rest, &segments, keeping: timeline != nil)
        guard case .finished(let summary)? = rest.last else { preconditionFailure("a session ends with .finished") }
        guard summary.confidence?.isFinite != false else { throw RecogniserError.notFinite(file: recording.path) }
        return Prediction(
            file: recording.path, label: summary.label, confidence: summary.confidence, probabilities: summary.probabilities,
            segments: timeline == nil ? nil : Self.withPauses(segments, duration: summary.duration), duration: summary.duration,
            warnings: reader.warnings)
    }

    private func collect(_ events: [SessionEvent], _ segments: inout [Prediction.Segment], keeping: Bool) {
        guard keeping else { return }
        for case .segment(let segment) in events { segments.append(segment) }
    }

    /// The segments, with one without a label for each pause between them, from 0 to `duration`.
    private static func withPauses(_ segments: [Prediction.Segment], duration: Double) -> [Prediction.Segment] {
        var all: [Prediction.Segment] = []
        var reached = 0.0
        func pause(until time: Double) {
            guard time > reached else { return }
            all.append(Prediction.Segment(start: reached, end: time, label: nil, confidence: nil, probabilities: []))
        }
        for segment in segments {
            pause(until: segment.start)
            all.append(segment)
            reached = segment.end
        }
        pause(until: duration)
        return all
    }
}
