/// What is known of a person's voice from some of their speech, without labels: the mean of the features.
///
///     let voice = try recogniser.enrol(paths: ["anna1.wav", "anna2.wav"])
///     try voice.write(path: "anna.voice")
///     let anna = try recogniser.knowing(voice)
///     print(try anna.predict(path: "call.wav"))
///
/// A model that knows the voice subtracts what is particular to it. The mean counts by `share`: little speech, or speech that sounds all alike, tells
/// the voice from the emotion badly. Half a minute of ordinary speech with its ups and downs is enough.
///
/// Nothing that could be turned back into audio is kept. A voice fits all models with the same features.
public struct Voice: Sendable, Equatable {
    let speech: SpeechMean

    /// Name of the recipe that the voice was enrolled for.
    public var recipe: String { speech.recipe }
    /// Number of stretches of speech between pauses, of five seconds at most.
    public var stretches: Int { speech.stretches }
    /// Seconds of speech in them.
    public var seconds: Double { speech.seconds }
    /// How different the stretches sound to the model, relative to speakers of its training data; nil if unknown.
    public var variety: Double? { speech.variety }

    /// How much the voice's own mean counts against that of the training speakers, 0 … 1: n / (n + 4), where n is the number of stretches, reduced
    /// where they sound more alike than those of most speakers.
    public var share: Double { Self.share(stretches: stretches, variety: variety) }

    /// Stretches that the mean of the training speakers counts for. With four, 4 to 8 recordings of one emotion alone do no harm: docs/accuracy.md.
    private static let prior = 4.0

    package static func share(stretches: Int, variety: Double?) -> Double {
        SpeechMean.share(stretches: stretches, variety: variety, prior: prior)
    }

    /// Identifies the voice: the same speech gives the same text.
    package var fingerprint: String { speech.fingerprint }

    /// The voice of the stretches of both.
    func joined(with other: Voice) -> Voice { Voice(speech: speech.joined(with: other.speech)) }

    /// What may make the voice less useful; empty for most.
    public var warnings: [VoiceWarning] {
        var warnings: [VoiceWarning] = []
        if seconds < 10 || stretches < 4 { warnings.append(.littleSpeech(seconds: seconds, stretches: stretches)) }
        if stretches >= 3, let variety, variety < SpeechMean.leastVariety { warnings.append(.soundsAlike) }
        return warnings
    }
}

/// Why an enrolled voice may help less than it could.
public enum VoiceWarning: Sendable, Equatable {
    /// There is little speech: about half a minute in several sentences is best.
    case littleSpeech(seconds: Double, stretches: Int)
    /// All of the speech sounds alike, as if it were of one emotion, which then cannot be told from the voice.
    case soundsAlike

    /// A sentence for users.
    public var message: String {
        switch self {
        case .littleSpeech(let seconds, let stretches):
            "only \(Int(seconds.rounded())) s of speech in \(stretches) \(stretches == 1 ? "stretch" : "stretches"); the voice counts for little until there is about half a minute"
        case .soundsAlike:
            "all of the speech sounds alike, so the voice counts for less; add ordinary speech in different moods"
        }
    }
}
