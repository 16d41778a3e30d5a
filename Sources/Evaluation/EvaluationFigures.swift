import Foundation
import StimmungCorpora
import StimmungFeatures

/// The figures of an evaluation, in the form that `stimmung evaluate --json` writes.
///
/// Accuracies are in 0 … 1, pooled over the test utterances of all folds, and the mean over the seeds. Intervals are of 95 % and count
/// utterances as independent; they are of one seed's number of utterances, for other seeds test no other utterances.
///
/// A figure that is not defined, as any of no utterances, is nil, and the JSON leaves it out.
public struct EvaluationFigures: Sendable, Equatable, Codable {
    /// The figures of one fold with one seed.
    public struct FoldResult: Sendable, Equatable, Codable {
        /// What was tested: a speaker, a group, or the number of the fold.
        public let test: String
        /// Random seed.
        public let seed: UInt64
        /// Number of test utterances.
        public let utterances: Int
        /// Weighted accuracy, 0 … 1; nil without test utterances.
        public let wa: Double?
        /// Unweighted average recall, 0 … 1; nil without test utterances.
        public let uar: Double?
    }

    /// The figures of one seed.
    public struct SeedResult: Sendable, Equatable, Codable {
        /// Random seed.
        public let seed: UInt64
        /// Weighted accuracy over all folds, 0 … 1; nil without test utterances.
        public let wa: Double?
        /// Unweighted average recall over all folds, 0 … 1; nil without test utterances.
        public let uar: Double?
        /// Proportion of frames recognised, 0 … 1; nil where an utterance is one row of statistics.
        public let frameAccuracy: Double?

        private enum CodingKeys: String, CodingKey {
            case seed, wa, uar
            case frameAccuracy = "frame_accuracy"
        }
    }

    /// The figures of the same systems on altered test recordings.
    public struct ConditionResult: Sendable, Equatable, Codable {
        /// What was changed, as `RecordingCopy` writes it.
        public let condition: String
        /// Weighted accuracy, 0 … 1, averaged over the seeds; nil without test utterances.
        public let wa: Double?
        /// Unweighted average recall, 0 … 1, averaged over the seeds; nil without test utterances.
        public let uar: Double?

        /// How many points of UAR it has more than a UAR of 0 … 1: "+0.4", "-2.6", and "+0.0" for none whatever the sign of zero.
        package func points(above plain: Double?) -> String {
            guard let uar, let plain else { return "–" }
            return String(format: "%+.1f", (1000 * (uar - plain)).rounded() / 10 + 0)
        }
    }

    /// The figures with a number of unlabelled recordings enrolled of each test speaker, averaged over draws and seeds.
    public struct EnrolmentResult: Sendable, Equatable, Codable {
        /// Recordings enrolled of each speaker; they are not judged.
        public let recordings: Int
        /// Weighted accuracy, 0 … 1; nil without test utterances.
        public let wa: Double?
        /// Unweighted average recall, 0 … 1; nil without test utterances.
        public let uar: Double?
        /// Expected calibration error of the confidences, in 15 bins of equal width.
        public let calibrationError: Double?

        private enum CodingKeys: String, CodingKey {
            case recordings, wa, uar
            case calibrationError = "calibration_error"
        }
    }

    /// Name of the recipe.
    public let recipe: String
    /// Name of the corpus, or of both corpora of a cross-corpus evaluation.
    public let corpus: String
    /// Evaluation protocol as text, such as `loso`.
    public let evaluationProtocol: String
    /// Whether test speakers are heard in training too; then the figures say little about a new voice.
    public let speakerDependent: Bool
    /// Normalisation of the features.
    public let normalisation: Normalisation
    /// Epochs that each network is trained for, at most.
    public let epochs: Int
    /// Class labels, in the order of the rows and columns of `confusion`.
    public let classes: [String]
    /// Random seeds.
    public let seeds: [UInt64]
    /// Test utterances of one seed.
    public let utterances: Int
    /// Weighted accuracy: proportion of test utterances recognised, 0 … 1.
    public let wa: Double?
    /// 95 % confidence interval of `wa`.
    public let waInterval: Interval?
    /// Unweighted average recall: mean recall of the classes that occur, 0 … 1.
    public let uar: Double?
    /// 95 % confidence interval of `uar`.
    public let uarInterval: Interval?
    /// `uar` without the utterances of classes that their fold never trained; nil where every fold trained all classes that it tests.
    public let uarOfTrained: Double?
    /// Classes that a fold tests and never trained.
    public let untrained: [UntrainedClass]
    /// Labels of a cross-corpus evaluation that only one of its corpora has.
    public let leftOut: [LeftOutLabel]
    /// Findings about the data, on which the figures depend.
    public let warnings: [CorpusWarning]
    /// Mean F1 of the classes that occur or are predicted, 0 … 1.
    public let macroF1: Double?
    /// The share of single frames recognised; nil where an utterance is one row of statistics.
    public let frameAccuracy: Double?
    /// Mean −ln p of the true class, in nats; ln of the number of classes is what knowing nothing has.
    public let logLoss: Double?
    /// Mean squared distance of the probabilities from the truth, 0 … 2.
    public let brier: Double?
    /// Expected calibration error of the confidences, in 15 bins of equal width.
    public let calibrationError: Double?
    /// Errors against the share of decisions that are answered, over all seeds; nil without predictions, and in files of earlier versions.
    public let riskCoverage: RiskCoverage?
    /// Recall per class label, 0 … 1, over all seeds; a class that does not occur is absent.
    public let recall: [String: Double]
    /// Precision per class label, 0 … 1, over all seeds; a class that is never predicted is absent.
    public let precision: [String: Double]
    /// Counts over all seeds, a row for each true class.
    public let confusion: [[Int]]
    /// Number of seeds that `confusion` counts each utterance with.
    public let confusionSeeds: Int
    /// Figures per seed, in the order of `seeds`.
    public let runs: [SeedResult]
    /// Figures per condition of the test recordings, in the order of `Evaluation.conditions`.
    public let conditions: [ConditionResult]
    /// Figures per number of enrolled recordings, in the order of `Enrolment.recordings`; nil where no voice was tested.
    public let enrolment: [EnrolmentResult]?
    /// The same with the system adapted to the test recordings as one source; nil where that was not tested.
    public let adaptation: [EnrolmentResult]?
    /// The only label that was enrolled; nil for any.
    public let enrolledLabel: String?
    /// Figures per fold, seed by seed.
    public let folds: [FoldResult]
    /// Folds that a journal had; their time is not in `seconds`.
    public let resumedFolds: Int
    /// Wall time of this run.
    public let seconds: Double
    private enum CodingKeys: String, CodingKey {
        case recipe, corpus, normalisation, epochs, classes, seeds, utterances, wa, uar, brier, recall, precision, confusion, runs,
            conditions, enrolment, adaptation, folds, seconds, untrained, warnings
        case enrolledLabel = "enrolled_label"
        case evaluationProtocol = "protocol"
        case resumedFolds = "resumed_folds"
        case speakerDependent = "speaker_dependent"
        case waInterval = "wa_interval"
        case uarInterval = "uar_interval"
        case uarOfTrained = "uar_of_trained"
        case leftOut = "left_out"
        case confusionSeeds = "confusion_seeds"
        case macroF1 = "macro_f1"
        case frameAccuracy = "frame_accuracy"
        case logLoss = "log_loss"
        case calibrationError = "calibration_error"
        case riskCoverage = "risk_coverage"
    }

    /// - Parameters:
    ///   - tests: the tests of each seed's folds.
    ///   - run: what `EvaluationRun` knows besides: the predictions of all tests, the folds of a journal, the time.
    init(
        _ evaluation: Evaluation, _ plan: EvaluationPlan, _ tests: [[FoldTest]],
        run: (predictions: [TestedUtterance], resumedFolds: Int, seconds: Double)
    ) {
        recipe = evaluation.recipe.name
        corpus = plan.corpus.name
        evaluationProtocol = evaluation.evaluationProtocol.description
        speakerDependent = plan.isSpeakerDependent
        normalisation = evaluation.recipe.normalisation
        epochs = evaluation.recipe.training.epochs
        let hasFrames = !evaluation.recipe.features.isPooled
        classes = plan.classes.labels
        seeds = evaluation.seeds
        let pooled = tests.map { Self.pooled($0, \.confusion) }
        runs = zip(zip(evaluation.seeds, pooled), tests).map { pair, folds in
            let frames = folds.reduce(0) { $0 + $1.frames }
            return SeedResult(
                seed: pair.0, wa: pair.1.wa, uar: pair.1.uar,
                frameAccuracy: hasFrames && frames > 0 ? Double(folds.reduce(0) { $0 + $1.correctFrames }) / Double(frames) : nil)
        }
        folds = zip(evaluation.seeds, tests).flatMap { seed, folds in
            folds.map {
                FoldResult(test: $0.name, seed: seed, utterances: $0.confusion.total, wa: $0.confusion.wa, uar: $0.confusion.uar)
            }
        }
        conditions = evaluation.conditions.enumerated().map { number, copy in
            let pooled = tests.map { Self.pooled($0) { $0.confusion(condition: number) } }
            return ConditionResult(condition: copy.description, wa: pooled.map(\.wa).meanOfDefined, uar: pooled.map(\.uar).meanOfDefined)
        }
        enrolment = evaluation.enrolment.map { Self.results(of: $0, tests, adapted: false) }
        adaptation = evaluation.enrolment.flatMap { $0.adaptsToSource ? Self.results(of: $0, tests, adapted: true) : nil }
        enrolledLabel = evaluation.enrolment?.label
        let all = pooled.dropFirst().reduce(into: pooled[0]) { $0.merge($1) }
        utterances = pooled[0].total
        wa = runs.map(\.wa).meanOfDefined
        uar = runs.map(\.uar).meanOfDefined
        macroF1 = pooled.map(\.macroF1).meanOfDefined
        frameAccuracy = runs.map(\.frameAccuracy).meanOfDefined
        waInterval = wa.map { [utterances] in .wilson(proportion: min($0, 1), of: Double(utterances)) }
        uarInterval = uar.flatMap { all.uarInterval(seeds: evaluation.seeds.count)?.including($0) }
        untrained = zip(evaluation.seeds, tests).flatMap { seed, folds in
            folds.flatMap { test in plan.classes.labels.indices.compactMap { UntrainedClass(test, class: $0, seed: seed) } }
        }
        uarOfTrained = untrained.isEmpty ? nil : tests.map { Self.pooled($0, \.confusionOfTrained).uar }.meanOfDefined
        leftOut = plan.leftOut
        warnings = plan.warnings
        let scores = run.predictions.reduce(into: ProbabilityScores()) { $0.add($1.probabilities, truth: $1.truth) }
        logLoss = scores.logLoss
        brier = scores.brier
        calibrationError = Reliability(of: run.predictions).expectedCalibrationError
        riskCoverage = RiskCoverage(of: run.predictions)
        recall = Self.byClass(classes, all.recall)
        precision = Self.byClass(classes, all.precision)
        confusion = all.counts
        confusionSeeds = evaluation.seeds.count
        resumedFolds = run.resumedFolds
        seconds = run.seconds
    }

    private static func pooled(_ folds: [FoldTest], _ confusion: (FoldTest) -> ConfusionMatrix) -> ConfusionMatrix {
        folds.dropFirst().reduce(into: confusion(folds[0])) { $0.merge(confusion($1)) }
    }

    private static func results(of enrolment: Enrolment, _ tests: [[FoldTest]], adapted: Bool) -> [EnrolmentResult] {
        let trials = enrolment.trials(seed: 0)
        return enrolment.recordings.map { count in
            let places = trials.indices.filter { trials[$0].count == count && trials[$0].adaptsToSource == adapted }
            let matrices = tests.flatMap { folds in places.map { place in pooled(folds) { $0.confusion(of: $0.enrolled?[place] ?? []) } } }
            let outcomes = tests.joined().flatMap { test in places.flatMap { test.enrolled?[$0] ?? [] } }
            let reliability = outcomes.reduce(into: Reliability()) {
                $0.add(confidence: $1.probabilities[$1.decided], isRight: $1.decided == $1.truth)
            }
            return EnrolmentResult(
                recordings: count, wa: matrices.map(\.wa).meanOfDefined, uar: matrices.map(\.uar).meanOfDefined,
                calibrationError: reliability.expectedCalibrationError)
        }
    }

    private static func byClass(_ classes: [String], _ values: [Double?]) -> [String: Double] {
        Dictionary(zip(classes, values).compactMap { label, value in value.map { (label, $0) } }, uniquingKeysWith: { first, _ in first })
    }

    /// The counts over all seeds.
    public var confusionMatrix: ConfusionMatrix { ConfusionMatrix(classes: classes, counts: confusion) }
}
