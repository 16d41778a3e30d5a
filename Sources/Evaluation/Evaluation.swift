import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTraining
import Synchronization

/// Trains and tests a recipe by a protocol, fold by fold, with one or more seeds.
///
///     let corpus = try Corpus.open(path: "data/emodb")
///     var evaluation = Evaluation(recipe: try Recipe(named: "lstm"), corpus: corpus, evaluationProtocol: .leaveOneSpeakerOut)
///     evaluation.seeds = [1, 2, 3]
///     print(try evaluation.run().figures.report)
///
/// No label of a test speaker chooses anything: training sees the fold's training part only, and early stopping, where the recipe asks
/// for it, holds out training speakers. Folds and seeds run side by side; the figures do not depend on it.
public struct Evaluation: Sendable {
    /// Recipe to evaluate.
    public var recipe: Recipe
    /// Corpus to train and test on; for a cross-corpus protocol, the training corpus.
    public var corpus: Corpus
    /// Division of the corpus into folds.
    public var evaluationProtocol: EvaluationProtocol
    /// All labels of the corpus unless set.
    public var classes: LabelSet?
    /// Synonyms of labels for the corpus of a cross-corpus evaluation; `corpus` has had them applied.
    public var synonyms: LabelSynonyms?
    /// Random seeds, at least one. Every fold is trained and tested once per seed.
    public var seeds: [UInt64] = [0]
    /// Threads; the figures do not depend on their number.
    public var workers = Workers()
    /// Stops the evaluation from another thread; `run` then throws `Cancelled`.
    public var cancellation = Cancellation()
    /// Where features are looked up, and kept from one run to the next.
    public var cache: FeatureCache?
    /// More corpora, without their labels, for the machines of a recipe with pre-training. Each is standardised by its own mean and deviation.
    package var unlabelled: [Corpus] = []
    /// Machines that have been trained before; nil trains them in each fold, on its training speakers (and `unlabelled`) only.
    package var machines: PretrainedMachines?
    /// Folder in which the recordings of the corpus of `cross=PATH` are searched; nil for none.
    package var audio: String?
    /// Changes of the test recordings under each of which all folds are tested again, by the same systems.
    public var conditions: [RecordingCopy] = []
    /// Tests of known voices; nil for none.
    public var enrolment: Enrolment?
    /// A file that keeps each fold that is done; the same evaluation again resumes from there. nil keeps none.
    public var journal: String?
    /// Largest share of the utterances, 0 … 1, that is skipped where their recordings are unusable; above 0 at least one utterance may be.
    public var skipShare = SkipLimit.usualShare
    /// Called with each finding about the data as soon as it is known; the figures list them too.
    public var onWarning: @Sendable (CorpusWarning) -> Void = { _ in }

    /// Prepares an evaluation with seed 0, without altered test recordings, cache or journal.
    public init(recipe: Recipe, corpus: Corpus, evaluationProtocol: EvaluationProtocol) {
        self.recipe = recipe
        self.corpus = corpus
        self.evaluationProtocol = evaluationProtocol
    }

    /// A fold of one seed's plan.
    private struct FoldOfRun {
        /// Which seed.
        let run: Int
        let fold: Int
    }

    /// Trains and tests all folds with all seeds, except folds that the journal already has.
    ///
    /// - Parameter progress: progress handler; calls do not overlap.
    /// - Throws: `RecipeError`, `CorpusError`, `UnreadableUtterances`, `JournalError`, `FoldFailure`, `Cancelled`, and another
    ///   `StimmungError` where temporary files fail.
    public func run(progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }) throws -> EvaluationRun {
        let began = ContinuousClock.now
        let processes = workers.processes
        var (plans, fingerprint) = try processes.together { try plansWithFindings() }
        try processes.agree(on: "the evaluation", "\(seeds) \(fingerprint)")
        for warning in plans[0].warnings { onWarning(warning) }
        let tasks = tasks(plans)
        let journal = processes.leads ? try openJournal(fingerprint) : nil
        let known = try processes.leadersValue(tasks.map { journal?.test(seed: seeds[$0.run], fold: $0.fold) })
        let pending = tasks.indices.filter { known[$0] == nil }
        // Features cost time, so none are computed where all folds are known.
        let tested = pending.isEmpty ? [] : try test(pending.map { tasks[$0] }, of: tasks.count, plans, journal, progress)
        let new = Dictionary(zip(pending, tested), uniquingKeysWith: { first, _ in first })
        // The data of a journal may have had other names.
        let tests = tasks.indices.compactMap { index in
            (known[index] ?? new[index])?.named(plans[tasks[index].run].folds[tasks[index].fold].name)
        }
        let unusable = tests.first?.unusable ?? []
        // Other utterances were skipped where the program cannot decode what it could, or can what it could not.
        if let journal, tests.contains(where: { $0.unusable != unusable }) { throw journal.ofAnotherEvaluation }
        plans[0] = plans[0].skipping(unusable)
        for (corpus, skipped) in zip(unlabelled, tests.first?.unusableUnlabelled ?? []) {
            plans[0].warnings += corpus.warnings + CorpusWarning.unusable(skipped, in: corpus)
        }
        let runs = plans.indices.map { run in zip(tasks, tests).filter { $0.0.run == run }.map(\.1) }
        let seconds = began.duration(to: .now) / .seconds(1)
        return EvaluationRun(self, plan: plans[0], runs: runs, resumedFolds: tasks.count - pending.count, seconds: seconds)
    }

    /// How many folds, over all seeds, the journal does not have, and how many there are.
    func pendingFolds() throws -> (pending: Int, all: Int) {
        let plans = try plans()
        let tasks = tasks(plans)
        guard let path = journal, workers.processes.leads, Files.exists(path) else { return (tasks.count, tasks.count) }
        let journal = try openJournal(fingerprint(plans[0]))
        return (tasks.count { journal?.test(seed: seeds[$0.run], fold: $0.fold) == nil }, tasks.count)
    }

    /// A file name that another recipe, corpus or protocol does not share, so that a folder can hold the journals of many evaluations.
    ///
    /// - Parameter split: a short name of protocol and classes.
    func journalName(split: String) throws -> String {
        let hash = ContentHash(try fingerprint(plans()[0]))
        return "\(plainName(recipe.name))-\(split)-\(hash.text).journal"
    }

    private func plans() throws -> [EvaluationPlan] {
        try recipe.validate()
        for condition in conditions { try condition.validate() }
        try enrolment?.validate(recipe, classes)
        try machines?.check(recipe)
        precondition(!seeds.isEmpty, "an evaluation has at least one seed")
        return try seeds.map { try evaluationProtocol.plan(for: corpus, classes: classes, synonyms: synonyms, audio: audio, seed: $0) }
    }

    /// The plans with all findings about the data, and the fingerprint, which is empty where nothing needs it.
    private func plansWithFindings() throws -> (plans: [EvaluationPlan], fingerprint: String) {
        var plans = try plans()
        plans[0].warnings += try plans[0].findings(workers: workers)
        plans[0].warnings += try CorpusWarning.untrained(untrainedClasses(plans)) + fewRecordings(plans[0])
        return (plans, journal != nil || workers.processes.areSeveral ? try fingerprint(plans[0]) : "")
    }

    private func tasks(_ plans: [EvaluationPlan]) -> [FoldOfRun] {
        plans.indices.flatMap { run in plans[run].folds.indices.map { FoldOfRun(run: run, fold: $0) } }
    }

    private func openJournal(_ fingerprint: String) throws -> EvaluationJournal? {
        try journal.map { try EvaluationJournal(path: $0, evaluation: fingerprint) }
    }

    /// Trains and tests tasks side by side.
    ///
    /// - Parameter all: the number of tasks of the evaluation, including those that the journal has.
    private func test(
        _ tasks: [FoldOfRun], of all: Int, _ plans: [EvaluationPlan], _ journal: EvaluationJournal?,
        _ progress: @escaping @Sendable (WorkProgress) -> Void
    ) throws -> [FoldTest] {
        let runner = try workers.processes.together { try FoldRunner(self, plans[0], progress: progress) }
        let epochs = all * epochsOfFold
        let trained = Mutex((all - tasks.count) * epochsOfFold)
        @Sendable func report(_ more: Int) {
            trained.withLock {
                $0 += more
                progress(WorkProgress(.training, $0, of: epochs, detail: "epochs"))
            }
        }
        @Sendable func run(_ number: Int, report: @escaping @Sendable (Int) -> Void) throws -> FoldTest {
            let task = tasks[number]
            let fold = plans[task.run].folds[task.fold]
            let (_, test, epochs) = try runner.run(fold, task.fold, seed: seeds[task.run], workers.alone) { _ in report(1) }
            // Early stopping and few speakers leave epochs out, which the count of all must not wait for.
            if epochs < epochsOfFold { report(epochsOfFold - epochs) }
            return test
        }
        return try SharedFolds(workers: workers, run: run, report: report) { number, test in
            try journal?.add(test, seed: seeds[tasks[number].run], fold: tasks[number].fold)
        }.tests(tasks.count)
    }

    /// The networks of one fold, trained and tested as the evaluation does it: the same recipe, fold and seed give the same bits.
    ///
    /// - Parameters:
    ///   - fold: index of the fold, from 0, in the folds of the first seed.
    ///   - progress: progress handler, as for `run`; counts the epochs of this fold only.
    /// - Throws: the errors of `run`, except `JournalError`.
    public func network(
        ofFold fold: Int, progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) throws -> FoldNetwork {
        let plan = try plans()[0]
        precondition(plan.folds.indices.contains(fold), "fold \(fold) of \(plan.folds.count)")
        var own = self
        own.seeds = [seeds[0]]
        // A report is the leader's alone.
        own.workers = workers.alone
        own.conditions = []
        own.enrolment = nil
        let runner = try FoldRunner(own, plan, progress: progress)
        let (trained, test, _) = try runner.run(plan.folds[fold], fold, seed: seeds[0], own.workers) { done in
            progress(WorkProgress(.training, done, of: epochsOfFold, detail: "epochs"))
        }
        let kept = plan.skipping(runner.unusable)
        let run = EvaluationRun(own, plan: kept, runs: [[test]], resumedFolds: 0, seconds: test.seconds)
        return FoldNetwork(plan: kept, fold: kept.folds[fold], seed: seeds[0], system: trained, run: run)
    }

    /// Epochs of all networks of a fold, at most.
    private var epochsOfFold: Int { recipeOfFolds.networkCount * (1 + recipe.calibration) * recipe.training.epochs }

    /// The recipe that folds train: without networks for voices where no voice is tested.
    var recipeOfFolds: Recipe {
        var recipe = recipe
        if enrolment == nil { recipe.voiceNetworks = nil }
        return recipe
    }

    /// What a journal must agree with: folds of two evaluations with the same text are the same for the same seed.
    private func fingerprint(_ plan: EvaluationPlan) throws -> String {
        var fingerprint = Fingerprint()
        try fingerprint.add(recipe)
        switch evaluationProtocol {
        // The path of the second corpus does not count; its content does, with the plan's.
        case .crossCorpus: fingerprint.add("protocol", "cross")
        case .listedFolds: fingerprint.add("protocol", "folds=\(jsonText(plan.folds))")
        default: fingerprint.add("protocol", evaluationProtocol)
        }
        fingerprint.add("classes", plan.classes)
        for corpus in plan.sources { fingerprint.add(corpus, workers: workers) }
        fingerprint.add(machines)
        for corpus in unlabelled { fingerprint.add(corpus, workers: workers) }
        for condition in conditions { fingerprint.add("condition", condition) }
        if let enrolment { fingerprint.add("enrolment", enrolment.text) }
        return fingerprint.text
    }
}

extension EvaluationPlan {
    /// Without utterances that cannot be used, with a warning about them.
    func skipping(_ unusable: [UnusableUtterance]) -> EvaluationPlan {
        var plan = removing(unusable.map(\.utterance))
        plan.warnings += CorpusWarning.unusable(unusable, in: corpus)
        return plan
    }
}
