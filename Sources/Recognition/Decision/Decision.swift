import StimmungSupport

/// The rule that turns the posteriors of an utterance's frames into one decision.
package enum Decision: String, Sendable, Choice {
    /// The class with the largest sum of log posteriors: a frame that excludes a class has much weight.
    case logPosteriors = "log-posteriors"
    /// The class with the largest mean posterior: all frames have equal weight.
    case posteriors
}

/// The part of a recording that decisions are about.
public enum SpeechUse: String, Sendable, Choice {
    /// Everything: for corpora whose recordings are speech from end to end.
    case all
    /// The speech that the built-in speech activity detection finds. Where it finds none, there is no decision.
    case detected
}

extension Model {
    /// An empty pooling for a decision of this model.
    var pooling: Pooling {
        var pooling = Pooling(recipe.decision, classes: labels.count, temperature: temperature)
        pooling.familiarity = familiarity
        return pooling
    }

    /// The decision of pooled frames: the first class in a tie, or `Recogniser.uncertain` if it is rejected.
    func decision(of pooling: Pooling) -> Decided {
        let probabilities = pooling.probabilities
        let decided = pooling.decided
        let confidence = probabilities[decided]
        return Decided(
            label: rejection.rejects(confidence) ? Recogniser.uncertain : labels[decided], confidence: confidence,
            probabilities: zip(labels, probabilities).map { ClassProbability(label: $0, probability: $1) },
            familiarity: pooling.familiarityValue)
    }
}

/// What a model says of a stretch of speech.
struct Decided {
    /// The most probable class, or `Recogniser.uncertain`.
    let label: String
    /// The probability of the most probable class.
    let confidence: Double
    /// Of every class, in the order of the labels.
    let probabilities: [ClassProbability]
    /// How much the speech resembles the training data, 0 … 1; nil if the model does not measure it.
    let familiarity: Double?
}
