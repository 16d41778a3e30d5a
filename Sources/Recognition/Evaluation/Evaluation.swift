import Corpora
import Synchronization
import Tensors

/// Trains and tests a recipe by a protocol, fold by fold, with one or more seeds.
///
///     let corpus = try Corpus.open(path: "data/emodb")
///     var evaluation = Evaluation(recipe: try Recipe(named: "lstm"), corpus: corpus, evaluationProtocol: .leaveOneSpeakerOut)
///     evaluation.seeds = [1, 2, 3]
///     print(try evaluation.run().uar)
///
/// No label of a test speaker chooses anything: training sees the fold's training part only, and early stopping, where the recipe asks
/// for it, holds out training speakers. Folds and seeds run side by side; the figures do not depend on it.
public struct Evaluation: Sendable {
    public var recipe: Recipe
    public var corpus: Corpus
    public var evaluationProtocol: EvaluationProtocol
    /// All labels of the corpus unless set.
    public var classes: LabelSet?
    public var seeds: [UInt64] = [0]
    public var workers = Workers()
    public var interruption = Interruption()
    /// More corpora, without their labels, for the machines of a recipe with pre-training. Each is standardised by its own mean and deviation.
    public var unlabelled: [Corpus] = []
    /// Machines that have been trained before; nil trains them in each fold, on its training speakers (and `unlabelled`) only.
    public var machines: PretrainedMachines?
    /// Changes of the test recordings under each of which all folds are tested again, by the same systems.
    public var conditions: [RecordingCopy] = []
    /// A file that keeps each fold that is done; the same evaluation again goes on from there. nil keeps none.
    public var journal: String?

    public init(recipe: Recipe, corpus: Corpus, evaluationProtocol: EvaluationProtocol) {
        self.recipe = recipe
        self.corpus = corpus
        self.evaluationProtocol = evaluationProtocol
    }

    public enum Progress: Sendable {
        /// Utterances whose features are computed, of how many.
        case features(Int, of: Int)
        /// Epochs trained over all folds and seeds, of how many at most.
        case training(Int, of: Int)
        /// A fold is tested: its name, seed and accuracy.
        case fold(String, seed: UInt64, wa: Double, uar: Double)
    }

    /// - Parameter progress: called as the work goes on, one call at a time.
    public func run(progress: @escaping @Sendable (Progress) -> Void = { _ in }) throws -> EvaluationResult {
        let began = ContinuousClock.now
        try recipe.validate()
        try machines?.check(recipe)
        precondition(!seeds.isEmpty, "an evaluation has at least one seed")
        let plans = try seeds.map { try evaluationProtocol.plan(for: corpus, classes: classes, seed: $0) }
        let material = try EvaluationMaterial(self, plans[0]) { progress(.features($0, of: $1)) }
        let tasks = plans.indices.flatMap { run in plans[run].folds.indices.map { (run: run, fold: $0) } }
        let epochsOfFold = recipe.ensemble * (1 + recipe.calibration) * recipe.training.epochs
        let epochs = tasks.count * epochsOfFold
        let trained = Mutex(0)
        // Fewer tasks than threads share them; the bits do not depend on it.
        let inner = Workers(threads: max(1, workers.threads / tasks.count))
        let resumed = Mutex(0)
        let journal = try journal.map { path throws(JournalError) in
            try EvaluationJournal(path: path, evaluation: fingerprint(plans[0]))
        }
        @Sendable func report(_ more: Int) {
            trained.withLock {
                $0 += more
                progress(.training($0, of: epochs))
            }
        }
        let tests = try workers.map(tasks.count) { (number) throws -> FoldTest in
            let (run, index) = tasks[number]
            let fold = plans[run].folds[index]
            if let test = journal?.test(seed: seeds[run], fold: index) {
                resumed.withLock { $0 += 1 }
                trained.withLock { $0 += epochsOfFold }
                return test
            }
            let test: FoldTest
            do {
                var done = 0
                test = try material.test(fold, index, seed: seeds[run], inner) {
                    done += 1
                    report(1)
                }
                // Early stopping and few speakers leave epochs out, which the count of all must not wait for.
                if done < epochsOfFold { report(epochsOfFold - done) }
            } catch let error where !(error is Interrupted) {
                throw FoldFailure(fold: fold.name, seed: seeds[run], reason: "\(error)")
            }
            try journal?.add(test, seed: seeds[run], fold: index)
            trained.withLock { _ in progress(.fold(fold.name, seed: seeds[run], wa: test.confusion.wa ?? 0, uar: test.confusion.uar ?? 0)) }
            return test
        }
        let runs = plans.indices.map { run in zip(tasks, tests).filter { $0.0.run == run }.map(\.1) }
        let seconds = began.duration(to: .now) / .seconds(1)
        return EvaluationResult(self, plan: plans[0], runs: runs, resumedFolds: resumed.withLock { $0 }, seconds: seconds)
    }

    /// What a journal must agree with: folds of two evaluations with the same text are the same for the same seed.
    private func fingerprint(_ plan: EvaluationPlan) -> String {
        jsonText(
            [
                stimmungVersion, recipe.yaml, evaluationProtocol.description, plan.classes.description, plan.corpus.fingerprint,
                machines?.fingerprint ?? "none",
            ] + unlabelled.map(\.fingerprint) + conditions.map(\.description))
    }
}
