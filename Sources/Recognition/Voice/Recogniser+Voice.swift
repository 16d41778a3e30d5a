import StimmungAudio
import StimmungFeatures
import StimmungSupport

extension Recogniser {
    /// A recogniser for the speech of one person.
    ///
    /// - Throws: `VoiceError.otherFeatures` if the voice was enrolled for a model with other features, `VoiceError.notUsable` if the model cannot use
    ///   voices.
    public func knowing(_ voice: Voice) throws(VoiceError) -> Recogniser { try Recogniser(adapting: self, to: voice) }

    /// Learns a voice from recordings of one person's speech, without labels.
    ///
    /// - Parameters:
    ///   - paths: files in any format that `AudioReader` reads.
    ///   - workers: threads; the result does not depend on their number.
    /// - Throws: `VoiceError`; `FeatureError` for a file that cannot be read.
    public func enrol(paths: [String], workers: Workers = Workers()) throws -> Voice {
        try enrol(paths.map { AudioSegment(path: $0) }, workers: workers)
    }

    /// Learns a voice from recordings, single channels or parts of them.
    ///
    /// - Throws: `VoiceError`; `FeatureError` for a file that cannot be read.
    public func enrol(_ recordings: [AudioSegment], workers: Workers = Workers()) throws -> Voice {
        try general.requireVoices()
        let parts = try workers.map(recordings.count) { try learn(recordings[$0]) }
        var speech = EnrolledSpeech(width: model.recipe.features.width, classes: model.labels.count)
        for part in parts { speech.merge(part.speech) }
        guard speech.stretches > 0 else { throw VoiceError.noSpeech(recordings: recordings.count) }
        return general.voice(of: speech, seconds: parts.reduce(0) { $0 + $1.seconds })
    }

    private func learn(_ recording: AudioSegment) throws -> (speech: EnrolledSpeech, seconds: Double) {
        var options = SessionOptions()
        options.posteriorInterval = nil
        options.speech = .detected
        options.learning = .gathered
        let session = try RecognitionSession(self, sampleRate: model.recipe.features.sampleRate, options, isRecording: true)
        _ = try read(recording, by: session) { _ in }
        return session.learnt
    }
}
