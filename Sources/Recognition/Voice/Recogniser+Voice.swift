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
        guard let voice = try voice(of: workers.map(recordings.count) { try learn(recordings[$0]) }) else {
            throw VoiceError.noSpeech(recordings: recordings.count)
        }
        return voice
    }

    /// The same without recordings that cannot be used; nil if there is no speech in the others.
    ///
    /// - Throws: `VoiceError.notUsable`, `Cancelled`.
    package func enrolReadable(_ recordings: [AudioSegment], workers: Workers) throws -> Voice? {
        try voice(of: learnReadable(recordings, workers: workers))
    }

    /// The speech of each recording that can be used.
    func learnReadable(_ recordings: [AudioSegment], workers: Workers) throws -> [(speech: EnrolledSpeech, seconds: Double)] {
        try workers.map(recordings.count) { (index) throws -> (speech: EnrolledSpeech, seconds: Double)? in
            do { return try learn(recordings[index]) } catch is FeatureError { return nil }
        }.compactMap { $0 }
    }

    private func voice(of parts: [(speech: EnrolledSpeech, seconds: Double)]) throws(VoiceError) -> Voice? {
        try general.requireVoices()
        var speech = EnrolledSpeech(width: general.recipe.features.width, classes: general.labels.count)
        for part in parts { speech.merge(part.speech) }
        return speech.stretches > 0 ? general.voice(of: speech, seconds: parts.reduce(0) { $0 + $1.seconds }) : nil
    }

    private func learn(_ recording: AudioSegment) throws -> (speech: EnrolledSpeech, seconds: Double) {
        try general.requireVoices()
        var options = SessionOptions()
        options.posteriorInterval = nil
        options.speech = .detected
        options.learning = .gathered
        let session = try RecognitionSession(self, sampleRate: model.recipe.features.sampleRate, options, isRecording: true)
        _ = try read(recording, by: session) { _ in }
        return session.learnt
    }
}
