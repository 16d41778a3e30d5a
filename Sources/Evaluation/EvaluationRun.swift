import StimmungCorpora
import StimmungNetworks

/// A finished evaluation: its figures, what was decided for each test utterance, and how training went.
public struct EvaluationRun: Sendable, Equatable {
    /// A fold's training, an epoch each.
    package struct LearningCurve: Sendable, Equatable {
        package let fold: String
        package let seed: UInt64
        package let epochs: [EpochReport]
    }

    /// Figures over all folds and seeds.
    public let figures: EvaluationFigures
    /// Every test utterance, seed by seed and fold by fold.
    public let predictions: [TestedUtterance]
    /// The training of each fold, seed by seed.
    package let learning: [LearningCurve]
    /// Wall time of training and testing all folds, those of a journal too, added up over folds that ran side by side.
    public let foldSeconds: Double

    init(_ evaluation: Evaluation, plan: EvaluationPlan, runs tests: [[FoldTest]], resumedFolds: Int, seconds: Double) {
        predictions = zip(evaluation.seeds, tests).flatMap { seed, folds in folds.flatMap { $0.tested(plan.corpus, seed: seed) } }
        learning = zip(evaluation.seeds, tests).flatMap { seed, folds in
            folds.map { LearningCurve(fold: $0.name, seed: seed, epochs: $0.epochs) }
        }
        foldSeconds = tests.joined().reduce(0) { $0 + $1.seconds }
        figures = EvaluationFigures(evaluation, plan, tests, run: (predictions, resumedFolds, seconds))
    }

    /// Confidences against what became of them, over all seeds.
    package var reliability: Reliability { Reliability(of: predictions) }
}

extension Reliability {
    /// The confidence of every decision against whether it was right.
    init(of predictions: [TestedUtterance]) {
        self = predictions.reduce(into: Reliability()) { $0.add(confidence: $1.probabilities[$1.decided], isRight: $1.isRight) }
    }
}
