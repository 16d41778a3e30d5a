import Foundation

/// How good class probabilities are, not only the class with the largest.
///
///     var scores = ProbabilityScores()
///     scores.add([0.7, 0.2, 0.1], truth: 0)
///     scores.logLoss      // −ln 0.7
///     scores.brier        // 0.3² + 0.2² + 0.1²
///
/// Both are proper: nothing has a lower expectation than the true probabilities.
///
/// Sources: G. W. Brier, *Verification of forecasts expressed in terms of probability*, Monthly Weather Review 78 (1950), the original form over
/// all classes, 0 … 2; I. J. Good, *Rational decisions*, J. Royal Statistical Society B 14 (1952).
package struct ProbabilityScores: Sendable, Equatable {
    package private(set) var count = 0
    private var logLosses = 0.0
    private var squares = 0.0

    /// A probability below this counts as this, for one certain mistake would otherwise make the mean infinite.
    package static let smallestProbability = 1e-15

    package init() {}

    /// Adds an utterance: the probability of each class, and the true one.
    package mutating func add(_ probabilities: [Double], truth: Int) {
        count += 1
        logLosses -= log(max(probabilities[truth], Self.smallestProbability))
        for (k, p) in probabilities.enumerated() {
            let target = k == truth ? 1.0 : 0
            squares += (p - target) * (p - target)
        }
    }

    /// The mean of −ln p of the true class, in nats; always saying 1/K has ln K. Nil without utterances.
    package var logLoss: Double? { count > 0 ? logLosses / Double(count) : nil }

    /// The mean squared distance between the probabilities and the truth, 0 … 2. Nil without utterances.
    package var brier: Double? { count > 0 ? squares / Double(count) : nil }
}
