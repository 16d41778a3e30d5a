/// What is gained by answering only where confidence is high: the share of errors (risk) against the share of answers (coverage).
///
/// Decisions are ordered by confidence. Those with a confidence of at least θ are answered; every confidence that occurs is a θ, so decisions of equal
/// confidence are answered together.
///
/// Sources: Y. Geifman, R. El-Yaniv, *Selective classification for deep neural networks*, NIPS 2017, for the curve; Y. Geifman, G. Uziel, R. El-Yaniv,
/// *Bias-reduced uncertainty estimation for deep neural classifiers*, ICLR 2019, for its area.
public struct RiskCoverage: Sendable, Equatable, Codable {
    /// One point of the curve.
    public struct Point: Sendable, Equatable, Codable {
        /// Share of decisions that are answered, above 0 to 1.
        public let coverage: Double
        /// Share of errors among them, 0 … 1.
        public let risk: Double
        /// The least confidence that is answered, 0 … 1.
        public let confidence: Double
    }

    /// The curve by increasing coverage, at most 100 points; the last has a coverage of 1.
    public let points: [Point]
    /// AURC: the mean over all decisions of the risk at their own confidence, 0 (best) … 1.
    public let area: Double
    /// Share of correct decisions among the most confident 80 %, 0 … 1.
    public let accuracyAt80: Double
    /// Share of correct decisions among the most confident 50 %, 0 … 1.
    public let accuracyAt50: Double

    private enum CodingKeys: String, CodingKey {
        case points, area
        case accuracyAt80 = "accuracy_at_80"
        case accuracyAt50 = "accuracy_at_50"
    }

    /// Points of a curve that is kept.
    private static let mostPoints = 100

    /// Decisions of equal confidence, and all that are more confident.
    private struct Step {
        let confidence: Double
        var answered: Int
        var correct: Int
    }

    /// - Parameter decisions: confidence in 0 … 1, and whether the decision is correct; nil is returned for none.
    package init?(_ decisions: [(confidence: Double, isRight: Bool)]) {
        guard !decisions.isEmpty else { return nil }
        var steps: [Step] = []
        for decision in decisions.sorted(by: { $0.confidence > $1.confidence }) {
            let last = steps.last
            let step = Step(
                confidence: decision.confidence, answered: (last?.answered ?? 0) + 1,
                correct: (last?.correct ?? 0) + (decision.isRight ? 1 : 0))
            if last?.confidence == decision.confidence { steps[steps.count - 1] = step } else { steps.append(step) }
        }
        let count = decisions.count
        let all = steps.map {
            Point(
                coverage: Double($0.answered) / Double(count), risk: Double($0.answered - $0.correct) / Double($0.answered),
                confidence: $0.confidence)
        }
        var answered = 0
        area =
            zip(steps, all).reduce(0) { sum, step in
                defer { answered = step.0.answered }
                return sum + Double(step.0.answered - answered) * step.1.risk
            } / Double(count)
        accuracyAt80 = Self.accuracy(steps, coverage: 0.8, of: count)
        accuracyAt50 = Self.accuracy(steps, coverage: 0.5, of: count)
        let kept = min(all.count, Self.mostPoints)
        points = (0..<kept).map { all[kept == 1 ? 0 : $0 * (all.count - 1) / (kept - 1)] }
    }

    /// The accuracy of the most confident decisions. Of decisions of equal confidence, a part counts in proportion: the mean over all ways to choose it.
    private static func accuracy(_ steps: [Step], coverage: Double, of count: Int) -> Double {
        let wanted = coverage * Double(count)
        var (answered, correct) = (0.0, 0.0)
        for step in steps {
            if Double(step.answered) >= wanted {
                let share = (wanted - answered) / (Double(step.answered) - answered)
                return (correct + share * (Double(step.correct) - correct)) / wanted
            }
            (answered, correct) = (Double(step.answered), Double(step.correct))
        }
        return correct / answered
    }
}

extension RiskCoverage {
    /// Of every test prediction.
    init?(of predictions: [TestedUtterance]) {
        self.init(predictions.map { (confidence: $0.probabilities[$0.decided], isRight: $0.isRight) })
    }
}
