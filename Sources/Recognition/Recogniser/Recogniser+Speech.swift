import StimmungAudio
import StimmungFeatures

/// Recordings of which only the speech counts: each is a session whose events are collected.
extension Recogniser {
    /// Samples that are read at a time: ten seconds.
    private static let samplesRead = 160_000

    func predictSpeech(_ recording: AudioSegment, _ timeline: Timeline?) throws -> Prediction {
        var options = SessionOptions()
        options.timeline = timeline ?? Timeline()
        var prediction = try predict(recording, session: options)
        prediction.segments =
            timeline == nil ? nil : Self.withPauses(prediction.segments ?? [], duration: prediction.duration)
        return prediction
    }

    /// Recognises a recording as a session with options of its own, without posteriors on the way.
    ///
    /// - Returns: the result, whose segments have no pauses between them.
    package func predict(_ recording: AudioSegment, session options: SessionOptions) throws -> Prediction {
        var options = options
        options.posteriorInterval = nil
        let session = try RecognitionSession(self, sampleRate: model.recipe.features.sampleRate, options, isRecording: true)
        var segments: [Prediction.Segment] = []
        var last: SessionEvent?
        let warnings = try read(recording, by: session) { events in
            for case .segment(let segment) in events { segments.append(segment) }
            last = events.last ?? last
        }
        guard case .finished(let summary)? = last else { preconditionFailure("a session ends with .finished") }
        guard summary.confidence?.isFinite != false else { throw RecogniserError.notFinite(file: recording.path) }
        return Prediction(
            file: recording.path, label: summary.label, confidence: summary.confidence, probabilities: summary.probabilities,
            familiarity: summary.familiarity, segments: segments, duration: summary.duration, warnings: warnings)
    }

    /// Gives a recording to a session, to its end.
    ///
    /// - Parameter body: takes the session's events.
    /// - Returns: what is unusual about the recording.
    /// - Throws: `FeatureError`, `Cancelled`.
    func read(_ recording: AudioSegment, by session: RecognitionSession, _ body: ([SessionEvent]) -> Void) throws -> [RecordingWarning] {
        let reader: AudioReader
        do { reader = try AudioReader(recording, sampleRate: session.sampleRate, cancellation: cancellation) } catch {
            throw FeatureError.audio(error)
        }
        var samples = 0
        while true {
            try cancellation.check()
            let chunk: [Float]
            do { chunk = try reader.read(maximum: Self.samplesRead) } catch { throw FeatureError.audio(error) }
            if chunk.isEmpty { break }
            samples += chunk.count
            do { body(try session.push(chunk)) } catch let error as FeatureError { throw error.naming(recording.path) }
        }
        let needed = model.recipe.features.samplesNeeded
        guard samples >= needed else { throw FeatureError.tooShort(file: recording.path, samples: samples, needed: needed) }
        body(try session.finish())
        return reader.warnings
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
