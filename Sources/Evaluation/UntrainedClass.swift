import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTraining

/// A class that a fold tests but whose utterances it never trained.
public struct UntrainedClass: Sendable, Equatable, Hashable, Codable {
    /// Name of the fold, as in `EvaluationFigures.FoldResult.test`.
    public let fold: String
    /// Random seed.
    public let seed: UInt64
    /// The class.
    public let label: String
    /// Test utterances of the class in this fold.
    public let utterances: Int

    /// Finds such classes in the tests of one seed.
    init?(_ test: FoldTest, class index: Int, seed: UInt64) {
        let count = test.outcomes.count { $0.truth == index }
        guard test.trained[index] == 0, count > 0 else { return nil }
        self.init(fold: test.name, seed: seed, label: test.classes[index], utterances: count)
    }

    init(fold: String, seed: UInt64, label: String, utterances: Int) {
        self.fold = fold
        self.seed = seed
        self.label = label
        self.utterances = utterances
    }
}

extension FoldTest {
    /// The confusions of the classes that the fold trained.
    var confusionOfTrained: ConfusionMatrix { confusion(of: outcomes.filter { trained[$0.truth] > 0 }) }
}

extension Evaluation {
    /// Classes that a fold tests and never trains, known before any training.
    func untrainedClasses(_ plans: [EvaluationPlan]) throws -> [UntrainedClass] {
        try zip(seeds, plans).flatMap { seed, plan in
            let targets = try plan.corpus.targets(classes: plan.classes)
            return plan.folds.enumerated().flatMap { number, fold in
                // Too few speakers to hold out are an error of the fold, later.
                let division = try? FoldRunner.division(of: fold, number, seed: seed, recipe, in: plan)
                let trained = Set((division?.training ?? fold.train).map { targets[$0] })
                return plan.classes.labels.indices.compactMap { index -> UntrainedClass? in
                    let count = fold.test.count { targets[$0] == index }
                    guard !trained.contains(index), count > 0 else { return nil }
                    return UntrainedClass(fold: fold.name, seed: seed, label: plan.classes.labels[index], utterances: count)
                }
            }
        }
    }
}

extension Evaluation {
    /// A warning about speakers whose recordings are too few for statistics of their own, where they are to be normalised by them.
    func fewRecordings(_ plan: EvaluationPlan) -> [CorpusWarning] {
        // Otherwise every frame is a row, and one recording has enough.
        guard recipe.normalisation == .speaker, recipe.features.isPooled else { return [] }
        let counts = Dictionary(plan.corpus.utterances.map { ($0.speaker, 1) }, uniquingKeysWith: +)
        let few = plan.corpus.speakers.filter { counts[$0, default: 0] < Normaliser.rowsOfSpeaker }
        guard !few.isEmpty else { return [] }
        return [
            CorpusWarning(.fewRecordings, few.map { "\($0) (\(counts[$0, default: 0]))" }) { examples in
                "\(few.count) speaker\(few.count == 1 ? " has" : "s have") fewer than \(Normaliser.rowsOfSpeaker) recordings, "
                    + "so the statistics for normalisation are mixed with those of the training data: \(examples)"
            }
        ]
    }
}

extension CorpusWarning {
    /// One warning for all classes that are tested and not trained; none without such classes.
    static func untrained(_ classes: [UntrainedClass]) -> [CorpusWarning] {
        guard !classes.isEmpty else { return [] }
        // Most folds are the same with every seed.
        let names = classes.map { "\($0.label) in fold \($0.fold) (\($0.utterances))" }.reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        return [
            CorpusWarning(.untrainedClasses, names) { examples in
                "Folds test classes that they never trained (utterances): \(examples). The UAR of the trained classes leaves these utterances out."
            }
        ]
    }
}
