import StimmungSupport

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
    /// Name of the recipe that the voice was enrolled for.
    public let recipe: String
    /// Number of stretches of speech between pauses, of five seconds at most.
    public let stretches: Int
    /// Seconds of speech in them.
    public let seconds: Double
    /// How different the stretches sound to the model, relative to speakers of its training data; nil if unknown.
    public let variety: Double?
    /// The features as text: models with others cannot use the voice.
    let features: String
    /// The mean of each feature over the stretches.
    let mean: [Float]

    // More than five parameters: one per property.
    init(recipe: String, features: String, mean: [Float], stretches: Int, seconds: Double, variety: Double?) {
        self.recipe = recipe
        self.features = features
        self.mean = mean
        self.stretches = stretches
        self.seconds = seconds
        self.variety = variety
    }

    /// How much the voice's own mean counts against that of the training speakers, 0 … 1: n / (n + 4), where n is the number of stretches, reduced
    /// where they sound more alike than those of most speakers.
    public var share: Double { Self.share(stretches: stretches, variety: variety) }

    /// Stretches that the mean of the training speakers counts for. With four, 4 to 8 recordings of one emotion alone do no harm: docs/accuracy.md.
    private static let prior = 4.0
    /// The variety from which on stretches count in full: the mean of random recordings of unheard speakers.
    private static let fullVariety = 0.5
    /// The variety of a single stretch, and that of stretches of one emotion alone.
    private static let leastVariety = 0.25

    package static func share(stretches: Int, variety: Double?) -> Double {
        let factor = stretches < 2 ? leastVariety / fullVariety : min(1, (variety ?? fullVariety) / fullVariety)
        let heard = Double(stretches) * factor
        // Of speech of one emotion, more does not tell more about the voice.
        let count = variety.map { $0 < leastVariety } == true ? min(heard, prior) : heard
        return count / (count + prior)
    }

    /// Identifies the voice: the same speech gives the same text.
    package var fingerprint: String {
        mean.withUnsafeBytes { ContentHash($0).text } + " \(stretches) \(variety.map { "\($0)" } ?? "unknown")"
    }

    /// The voice of the stretches of both.
    func joined(with other: Voice) -> Voice {
        let count = stretches + other.stretches
        let part = Float(other.stretches) / Float(count)
        return Voice(
            recipe: recipe, features: features, mean: zip(mean, other.mean).map { $0 + part * ($1 - $0) }, stretches: count,
            seconds: seconds + other.seconds, variety: [variety, other.variety].compactMap(\.self).max())
    }

    /// What may make the voice less useful; empty for most.
    public var warnings: [VoiceWarning] {
        var warnings: [VoiceWarning] = []
        if seconds < 10 || stretches < 4 { warnings.append(.littleSpeech(seconds: seconds, stretches: stretches)) }
        if stretches >= 3, let variety, variety < Self.leastVariety { warnings.append(.soundsAlike) }
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
