import StimmungSupport

/// How the posteriors of an utterance's frames become one decision.
package enum Decision: String, Sendable, Choice {
    /// The class with the largest sum of log posteriors: a frame that excludes a class counts much.
    case logPosteriors = "log-posteriors"
    /// The class with the largest mean posterior: frames vote.
    case posteriors
}

extension Model {
    /// Gathers frames for a decision of this model.
    var pooling: Pooling { Pooling(recipe.decision, classes: labels.count, temperature: temperature) }

    /// The class that pooled frames decide for, of equals the first, with its probability, and the probability of every class in the order of the
    /// labels.
    func decision(of pooling: Pooling) -> (label: String, confidence: Double, probabilities: [ClassProbability]) {
        let probabilities = pooling.probabilities
        let decided = pooling.decided
        return (
            labels[decided], probabilities[decided],
            zip(labels, probabilities).map { ClassProbability(label: $0, probability: $1) }
        )
    }
}
