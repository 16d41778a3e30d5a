import Foundation
import StimmungCorpora
import StimmungFeatures
import StimmungNetworks

/// The figures of an evaluation, in the form that `stimmung evaluate --json` writes.
///
/// Accuracies are in 0 … 1, pooled over the test utterances of all folds, and the mean over the seeds. Intervals are of 95 % and count
/// utterances as independent; they are of one seed's number of utterances, for other seeds test no other utterances.
package struct EvaluationResult: Sendable, Equatable, Codable {
    package struct FoldResult: Sendable, Equatable, Codable {
        /// What was tested: a speaker, a group, or the number of the fold.
        package let test: String
        package let seed: UInt64
        package let utterances: Int
        package let wa: Double
        package let uar: Double
    }

    /// The figures of one seed.
    package struct SeedResult: Sendable, Equatable, Codable {
        package let seed: UInt64
        package let wa: Double
        package let uar: Double
        /// nil where an utterance is one row of statistics.
        package let frameAccuracy: Double?

        private enum CodingKeys: String, CodingKey {
            case seed, wa, uar
            case frameAccuracy = "frame_accuracy"
        }
    }

    /// A fold's training, an epoch each.
    package struct LearningCurve: Sendable, Equatable {
        package let fold: String
        package let seed: UInt64
        package let epochs: [EpochReport]
    }

    /// The figures of the same systems on altered test recordings.
    package struct ConditionResult: Sendable, Equatable, Codable {
        /// What was changed, as `RecordingCopy` writes it.
        package let condition: String
        package let wa: Double
        package let uar: Double

        /// How many points of UAR it has more than `uar`, in 0 … 1: "+0.4", "-2.6", and "+0.0" for none whatever the sign of zero.
        package func points(above uar: Double) -> String { String(format: "%+.1f", (1000 * (self.uar - uar)).rounded() / 10 + 0) }
    }

    package let recipe: String
    package let corpus: String
    package let evaluationProtocol: String
    /// Whether test speakers are heard in training too; then the figures say little about a new voice.
    package let speakerDependent: Bool
    package let normalisation: Normalisation
    /// Epochs that each network is trained for, at most.
    package let epochs: Int
    package let classes: [String]
    package let seeds: [UInt64]
    /// Test utterances of one seed.
    package let utterances: Int
    package let wa: Double
    package let waInterval: Interval
    package let uar: Double
    package let uarInterval: Interval
    package let macroF1: Double
    /// The share of single frames recognised; nil where an utterance is one row of statistics.
    package let frameAccuracy: Double?
    /// Mean −ln p of the true class, in nats; ln of the number of classes is what knowing nothing has.
    package let logLoss: Double
    /// Mean squared distance of the probabilities from the truth, 0 … 2.
    package let brier: Double
    /// Expected calibration error of the confidences, in 15 bins of equal width.
    package let calibrationError: Double
    /// Recall and precision of each class, nil where undefined, over all seeds.
    package let recall: [String: Double]
    package let precision: [String: Double]
    /// Counts over all seeds, a row for each true class.
    package let confusion: [[Int]]
    package let runs: [SeedResult]
    package let conditions: [ConditionResult]
    package let folds: [FoldResult]
    /// Folds that a journal had; their time is not in `seconds`.
    package let resumedFolds: Int
    /// Wall time of this run.
    package let seconds: Double
    /// What was said of each test utterance, seed by seed and fold by fold. Not in the JSON: `predictionsCSV` and `predictionsJSON` write it.
    package private(set) var predictions: [TestedUtterance] = []
    /// How each fold's training went. Not in the JSON.
    package private(set) var learning: [LearningCurve] = []
    /// Wall time of training and testing all folds, those of a journal too, added up over folds that ran side by side. Not in the JSON.
    package private(set) var foldSeconds = 0.0

    private enum CodingKeys: String, CodingKey {
        case recipe, corpus, normalisation, epochs, classes, seeds, utterances, wa, uar, brier, recall, precision, confusion, runs,
            conditions, folds, seconds
        case evaluationProtocol = "protocol"
        case resumedFolds = "resumed_folds"
        case speakerDependent = "speaker_dependent"
        case waInterval = "wa_interval"
        case uarInterval = "uar_interval"
        case macroF1 = "macro_f1"
        case frameAccuracy = "frame_accuracy"
        case logLoss = "log_loss"
        case calibrationError = "calibration_error"
    }

    init(_ evaluation: Evaluation, plan: EvaluationPlan, runs tests: [[FoldTest]], resumedFolds: Int, seconds: Double) {
        recipe = evaluation.recipe.name
        corpus = plan.corpus.name
        evaluationProtocol = evaluation.evaluationProtocol.description
        speakerDependent = plan.isSpeakerDependent
        normalisation = evaluation.recipe.normalisation
        epochs = evaluation.recipe.training.epochs
        let hasFrames = evaluation.recipe.features.functionals == nil
        classes = plan.classes.labels
        seeds = evaluation.seeds
        let pooled = tests.map { folds in
            folds.dropFirst().reduce(into: folds[0].confusion) { $0.merge($1.confusion) }
        }
        runs = zip(zip(evaluation.seeds, pooled), tests).map { pair, folds in
            SeedResult(
                seed: pair.0, wa: pair.1.wa ?? 0, uar: pair.1.uar ?? 0,
                frameAccuracy: hasFrames
                    ? Double(folds.reduce(0) { $0 + $1.correctFrames }) / Double(folds.reduce(0) { $0 + $1.frames }) : nil)
        }
        folds = zip(evaluation.seeds, tests).flatMap { seed, folds in
            folds.map {
                FoldResult(test: $0.name, seed: seed, utterances: $0.confusion.total, wa: $0.confusion.wa ?? 0, uar: $0.confusion.uar ?? 0)
            }
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        conditions = evaluation.conditions.enumerated().map { number, copy in
            let pooled = tests.map { folds in
                folds.dropFirst().reduce(into: folds[0].confusion(condition: number)) { $0.merge($1.confusion(condition: number)) }
            }
            return ConditionResult(condition: copy.description, wa: mean(pooled.map { $0.wa ?? 0 }), uar: mean(pooled.map { $0.uar ?? 0 }))
        }
        let all = pooled.dropFirst().reduce(into: pooled[0]) { $0.merge($1) }
        utterances = pooled[0].total
        wa = mean(runs.map(\.wa))
        uar = mean(runs.map(\.uar))
        macroF1 = mean(pooled.compactMap(\.macroF1))
        frameAccuracy = hasFrames ? mean(runs.compactMap(\.frameAccuracy)) : nil
        waInterval = .wilson(proportion: wa, of: utterances)
        let seedCount = Double(evaluation.seeds.count)
        uarInterval = .uar(
            recalls: all.support.indices.filter { all.support[$0] > 0 }.map { k in
                // The mean over the seeds, of as many utterances as one seed tests.
                (Int((Double(all.counts[k][k]) / seedCount).rounded()), Int((Double(all.support[k]) / seedCount).rounded()))
            })
        predictions = zip(evaluation.seeds, tests).flatMap { seed, folds in folds.flatMap { $0.tested(plan.corpus, seed: seed) } }
        learning = zip(evaluation.seeds, tests).flatMap { seed, folds in
            folds.map { LearningCurve(fold: $0.name, seed: seed, epochs: $0.epochs) }
        }
        foldSeconds = tests.joined().reduce(0) { $0 + $1.seconds }
        let scores = predictions.reduce(into: ProbabilityScores()) { $0.add($1.probabilities, truth: $1.truth) }
        logLoss = scores.logLoss ?? 0
        brier = scores.brier ?? 0
        calibrationError = Self.reliability(predictions).expectedCalibrationError ?? 0
        recall = Self.byClass(classes, all.recall)
        precision = Self.byClass(classes, all.precision)
        confusion = all.counts
        self.resumedFolds = resumedFolds
        self.seconds = seconds
    }

    private static func byClass(_ classes: [String], _ values: [Double?]) -> [String: Double] {
        Dictionary(zip(classes, values).compactMap { label, value in value.map { (label, $0) } }, uniquingKeysWith: { first, _ in first })
    }

    /// The counts over all seeds.
    package var confusionMatrix: ConfusionMatrix { ConfusionMatrix(classes: classes, counts: confusion) }

    /// Confidences against what became of them, over all seeds.
    package var reliability: Reliability { Self.reliability(predictions) }

    private static func reliability(_ predictions: [TestedUtterance]) -> Reliability {
        predictions.reduce(into: Reliability()) { $0.add(confidence: $1.probabilities[$1.decided], isRight: $1.isRight) }
    }

    /// The figures as the JSON has them, without what it leaves out.
    package var figures: EvaluationResult {
        var copy = self
        (copy.predictions, copy.learning, copy.foldSeconds) = ([], [], 0)
        return copy
    }
}
