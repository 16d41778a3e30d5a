import Boltzmann
import Corpora
import Features
import Foundation
import Networks
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
        let material = try Material(plans[0], recipe, unlabelled, machines?.stack, workers, interruption) {
            progress(.features($0, of: $1))
        }
        let tasks = plans.indices.flatMap { run in plans[run].folds.indices.map { (run: run, fold: $0) } }
        let epochs = tasks.count * recipe.training.epochs
        let trained = Mutex(0)
        // Fewer tasks than threads share them; the bits do not depend on it.
        let inner = Workers(threads: max(1, workers.threads / tasks.count))
        let resumed = Mutex(0)
        let journal = try journal.map { path throws(JournalError) in
            try EvaluationJournal(path: path, evaluation: fingerprint(plans[0]))
        }
        let tests = try workers.map(tasks.count) { (number) throws -> FoldTest in
            let (run, index) = tasks[number]
            let fold = plans[run].folds[index]
            if let test = journal?.test(seed: seeds[run], fold: index) {
                resumed.withLock { $0 += 1 }
                trained.withLock { $0 += recipe.training.epochs }
                return test
            }
            let test: FoldTest
            do {
                test = try material.test(fold, index, recipe, seed: seeds[run], inner, interruption) { epochsOfFold in
                    trained.withLock {
                        $0 += epochsOfFold
                        progress(.training($0, of: epochs))
                    }
                }
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
            ] + unlabelled.map(\.fingerprint))
    }
}

/// The features and labels that all folds share.
private struct Material: Sendable {
    let plan: EvaluationPlan
    let features: CorpusFeatures
    let labels: [Int]
    /// The frames, where normalisation does not depend on the fold.
    let normalised: [Matrix]?
    /// Machines that have been trained before.
    let stack: BoltzmannStack?
    /// Normalised frames of the unlabelled corpora.
    let unlabelled: [Matrix]

    init(
        _ plan: EvaluationPlan, _ recipe: Recipe, _ unlabelled: [Corpus], _ stack: BoltzmannStack?, _ workers: Workers,
        _ interruption: Interruption,
        progress: @escaping @Sendable (Int, Int) -> Void
    ) throws {
        self.plan = plan
        self.stack = stack
        labels = try plan.corpus.targets(classes: plan.classes)
        let own = labels.count
        let total = unlabelled.reduce(own) { $0 + $1.utterances.count }
        features = try CorpusFeatures(of: plan.corpus, options: recipe.features, workers: workers, interruption: interruption) {
            progress($0, total)
        }
        normalised = recipe.normalisation == .train ? nil : features.normalised(recipe.normalisation, training: []).frames
        var before = own
        self.unlabelled = try unlabelled.flatMap { corpus in
            let offset = before
            before += corpus.utterances.count
            return try CorpusFeatures(of: corpus, options: recipe.features, workers: workers, interruption: interruption) {
                progress(offset + $0, total)
            }.normalised(recipe.normalisation, training: Array(corpus.utterances.indices)).frames
        }
    }

    /// Trains on the fold's training part and tests on the rest.
    func test(
        _ fold: Fold, _ index: Int, _ recipe: Recipe, seed: UInt64, _ workers: Workers, _ interruption: Interruption,
        epochsDone: @escaping (Int) -> Void
    ) throws -> FoldTest {
        let foldSeed = RandomSource(seed: seed).stream(index).firstValue
        let (training, heldOut) =
            recipe.training.heldOutSpeakers > 0
            ? try plan.corpus.holdingOutSpeakers(recipe.training.heldOutSpeakers, of: fold.train, seed: foldSeed) : (fold.train, [])
        let frames = normalised ?? features.normalised(recipe.normalisation, training: training).frames
        func sequences(_ indices: [Int]) -> [LabelledSequence] {
            indices.map { LabelledSequence(frames: frames[$0], label: labels[$0], name: plan.corpus.utterances[$0].file) }
        }
        let began = ContinuousClock.now
        var epochs: [EpochReport] = []
        let network = try NetworkTraining(
            recipe: recipe, classes: plan.classes.count, seed: foldSeed, workers: workers, interruption: interruption,
            unlabelled: unlabelled,
            stack: stack
        ).run(
            on: sequences(training), validation: sequences(heldOut),
            epochDone: { state in
                epochs = state.history
                epochsDone(1)
            })
        // Early stopping leaves epochs out, which the count of all must not wait for.
        if epochs.count < recipe.training.epochs { epochsDone(recipe.training.epochs - epochs.count) }
        let (outcomes, total, correct) = try test(network, fold, frames, recipe.decision, workers)
        return FoldTest(
            name: fold.name, classes: plan.classes.labels, outcomes: outcomes, frames: total, correctFrames: correct, epochs: epochs,
            seconds: began.duration(to: .now) / .seconds(1))
    }

    private func test(
        _ network: Network, _ fold: Fold, _ frames: [Matrix], _ decision: Decision, _ workers: Workers
    ) throws(NoProbabilities) -> (outcomes: [FoldTest.Outcome], frames: Int, correctFrames: Int) {
        var outcomes: [FoldTest.Outcome] = []
        var (total, correct) = (0, 0)
        for (index, logs) in zip(fold.test, network.logPosteriors(of: fold.test.map { frames[$0] }, workers: workers)) {
            var pooling = Pooling(decision, classes: plan.classes.count)
            pooling.add(logs)
            let probabilities = pooling.probabilities
            guard probabilities.allSatisfy(\.isFinite) else { throw NoProbabilities(file: plan.corpus.utterances[index].file) }
            outcomes.append(
                FoldTest.Outcome(utterance: index, truth: labels[index], decided: pooling.decided, probabilities: probabilities))
            for row in 0..<logs.rows {
                let frame = logs.row(row)
                let best = frame.indices.reduce(frame.startIndex) { frame[$1] > frame[$0] ? $1 : $0 } - frame.startIndex
                correct += best == labels[index] ? 1 : 0
            }
            total += logs.rows
        }
        return (outcomes, total, correct)
    }
}
