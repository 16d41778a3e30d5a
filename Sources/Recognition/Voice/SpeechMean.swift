import StimmungFeatures
import StimmungSupport

/// The mean of the features over stretches of speech without labels, and how much there is of it.
struct SpeechMean: Sendable, Equatable {
    /// Name of the recipe that it was learnt for.
    let recipe: String
    /// The features as text: models with others cannot use it.
    let features: String
    /// Of each feature over the stretches.
    let mean: [Float]
    /// Number of stretches of speech between pauses, of five seconds at most.
    let stretches: Int
    /// Seconds of speech in them.
    let seconds: Double
    /// How different the stretches sound to the model, relative to speakers of its training data; nil if unknown.
    let variety: Double?

    /// The variety from which on stretches count in full: the mean of random recordings of unheard speakers.
    private static let fullVariety = 0.5
    /// The variety of a single stretch, and that of stretches of one emotion alone.
    static let leastVariety = 0.25
    /// The variety from which on any number of stretches counts.
    private static let limitlessVariety = 0.3

    /// How much the mean counts against the one above it, 0 … 1: n / (n + prior), where n is the number of stretches, reduced where they sound more
    /// alike than those of most speakers.
    ///
    /// - Parameter prior: stretches that the mean above counts for.
    static func share(stretches: Int, variety: Double?, prior: Double) -> Double {
        let factor = stretches < 2 ? leastVariety / fullVariety : min(1, (variety ?? fullVariety) / fullVariety)
        let heard = Double(stretches) * factor
        // Of speech of one emotion, more does not tell more about who speaks, or where. The limit ends gradually, so that the share has no steps.
        let beyond = max(0, (variety ?? fullVariety) - leastVariety) / (limitlessVariety - leastVariety)
        let count = beyond < 1 ? min(heard, prior / (1 - beyond)) : heard
        return count / (count + prior)
    }

    /// That of the stretches of both.
    func joined(with other: SpeechMean) -> SpeechMean {
        let count = stretches + other.stretches
        let part = Float(other.stretches) / Float(count)
        return SpeechMean(
            recipe: recipe, features: features, mean: zip(mean, other.mean).map { $0 + part * ($1 - $0) }, stretches: count,
            seconds: seconds + other.seconds, variety: [variety, other.variety].compactMap(\.self).max())
    }

    /// Identifies the mean and its weight: the same speech gives the same text.
    var fingerprint: String {
        mean.withUnsafeBytes { ContentHash($0).text } + " \(stretches) \(variety.map { "\($0)" } ?? "unknown")"
    }

    /// A feature that is farther from the normaliser's mean than that of any speech; nil for none.
    func implausibleColumn(for normaliser: Normaliser) -> Int? {
        zip(zip(mean, normaliser.mean), normaliser.deviation).enumerated().first { _, column in
            // A column without deviation was constant in training and is not divided by it.
            !(abs(column.0.0 - column.0.1) <= Self.farthest * max(column.1, 1))
        }?.offset
    }

    /// The largest plausible difference from the mean of the training data, in its standard deviations.
    private static let farthest: Float = 1000
}

extension Normaliser {
    /// The normaliser whose mean m is m + s (v − m), where v is the mean of the speech. The deviation stays: one estimated from little speech does more
    /// harm than good.
    package func moved(to speech: [Float], share s: Double) -> Normaliser {
        Normaliser(mean: zip(mean, speech).map { $0 + Float(s) * ($1 - $0) }, deviation: deviation)
    }
}
