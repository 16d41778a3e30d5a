import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTraining
import Synchronization

/// Trains and tests the folds of an evaluation: holds the features and labels that all of them share.
struct FoldRunner: Sendable {
    /// Without the utterances that cannot be used.
    private let plan: EvaluationPlan
    /// Utterances that cannot be used, by their places in the plan that was given.
    let unusable: [UnusableUtterance]
    /// The same of each of the corpora without labels.
    let unusableUnlabelled: [[UnusableUtterance]]
    private let recipe: Recipe
    private let enrolment: Enrolment?
    private let data: TrainingData
    /// With what is the same for all folds; each has its own seed and threads.
    private let training: SystemTraining

    /// Computes the features of the corpus, its altered copies, the conditions and the unlabelled corpora.
    ///
    /// - Parameter progress: called with the number of recordings done; one call at a time.
    /// - Throws: `UnreadableUtterances`, `FrameError` and `Cancelled`.
    init(_ evaluation: Evaluation, _ plan: EvaluationPlan, progress: @escaping @Sendable (WorkProgress) -> Void) throws {
        recipe = evaluation.recipeOfFolds
        enrolment = evaluation.enrolment
        var extraction = CorpusFeatures.Extraction(
            evaluation.recipe.features, cache: evaluation.cache, workers: evaluation.workers, cancellation: evaluation.cancellation)
        extraction.skipShare = evaluation.skipShare
        let copies = evaluation.recipe.augmentation + evaluation.conditions
        var before = plan.corpus.utterances.count * (1 + copies.count)
        let total = evaluation.unlabelled.reduce(before) { $0 + $1.utterances.count }
        let features = try CorpusFeatures(of: plan.corpus, copies: copies, by: extraction) { progress($0.within(total, after: 0)) }
        unusable = features.unusable
        for warning in CorpusWarning.unusable(unusable, in: plan.corpus) { evaluation.onWarning(warning) }
        let plan = plan.removing(unusable.map(\.utterance))
        self.plan = plan
        data = try TrainingData(plan.corpus, classes: plan.classes, features: features, normalisation: evaluation.recipe.normalisation)
        var training = SystemTraining(
            recipe: recipe, classes: plan.classes, seed: 0, workers: evaluation.workers, cancellation: evaluation.cancellation)
        training.machines = evaluation.machines?.stack
        var unusableUnlabelled: [[UnusableUtterance]] = []
        training.unlabelled = try evaluation.unlabelled.flatMap { corpus in
            let done = before
            before += corpus.utterances.count
            let features = try CorpusFeatures(of: corpus, by: extraction) { progress($0.within(total, after: done)) }
            for warning in CorpusWarning.unusable(features.unusable, in: corpus) { evaluation.onWarning(warning) }
            unusableUnlabelled.append(features.unusable)
            return try features.normalised(
                evaluation.recipe.normalisation, training: Array(features.corpus.utterances.indices)
            ).recordings
        }
        self.training = training
        self.unusableUnlabelled = unusableUnlabelled
    }

    /// Trains on the fold's training part and tests on its test part, as it was recorded and under every other condition.
    ///
    /// - Parameters:
    ///   - index: the fold's number, which its seed is drawn by.
    ///   - epochDone: called with the number of epochs so far after every epoch of every network; one call at a time.
    /// - Returns: the trained system, its test, and the number of epochs.
    /// - Throws: `FoldFailure`, `FrameError` and `Cancelled`.
    func run(
        _ fold: Fold, _ index: Int, seed: UInt64, _ workers: Workers, epochDone: @Sendable (Int) -> Void
    ) throws -> (system: TrainedSystem, test: FoldTest, epochs: Int) {
        let fold = fold.removing(unusable.map(\.utterance))
        return try FoldFailure.naming(fold, seed: seed) {
            if fold.train.isEmpty { throw CorpusError.nothingToTest(corpus: plan.corpus.name, speakers: [fold.name]) }
            let began = ContinuousClock.now
            let done = Mutex(0)
            let system = try train(fold, index, seed: seed, workers) {
                done.withLock {
                    $0 += 1
                    epochDone($0)
                }
            }
            return (system, try test(system, fold, seed: seed, since: began, workers), done.withLock { $0 })
        }
    }

    /// The seed of the fold with a number.
    private static func seed(_ index: Int, of seed: UInt64) -> UInt64 { RandomSource(seed: seed).stream(index).firstValue }

    /// What a fold trains on and holds out.
    static func division(
        of fold: Fold, _ index: Int, seed: UInt64, _ recipe: Recipe, in plan: EvaluationPlan
    ) throws(CorpusError) -> SystemTraining.Division {
        try SystemTraining(
            recipe: recipe, classes: plan.classes, seed: Self.seed(index, of: seed), workers: Workers(threads: 1),
            cancellation: Cancellation()
        ).division(of: fold.train, in: plan.corpus)
    }

    /// Training utterances of each class.
    private func trained(_ system: TrainedSystem) -> [Int] {
        plan.classes.labels.indices.map { label in system.division.training.count { data.labels[$0] == label } }
    }

    private func train(
        _ fold: Fold, _ index: Int, seed: UInt64, _ workers: Workers, epochDone: @Sendable () -> Void
    ) throws -> TrainedSystem {
        var training = training
        training.seed = Self.seed(index, of: seed)
        training.workers = workers
        let division = try training.division(of: fold.train, in: plan.corpus)
        return try training.train(
            on: division, of: data, epochDone: { _, _ in epochDone() },
            progress: { step in if step.stage == .calibration { epochDone() } })
    }

    /// - Parameter began: when its training began.
    private func test(
        _ system: TrainedSystem, _ fold: Fold, seed: UInt64, since began: ContinuousClock.Instant, _ workers: Workers
    ) throws -> FoldTest {
        let clean = try test(system, fold.test, system.features.recordings, workers)
        let altered = try system.features.copies.dropFirst(recipe.augmentation.count).map {
            try test(system, fold.test, $0, workers).outcomes
        }
        let enrolled = try enrolment.map { enrolment in
            try enrolment.trials(seed: seed).map { try test(system, fold, enrolment, $0, workers) }
        }
        return FoldTest(
            name: fold.name, classes: plan.classes.labels, outcomes: clean.outcomes, trained: trained(system), conditions: altered,
            enrolled: enrolled, frames: clean.frames,
            correctFrames: clean.correctFrames, epochs: system.networks.first?.history ?? [],
            seconds: began.duration(to: .now) / .seconds(1), unusable: unusable, unusableUnlabelled: unusableUnlabelled)
    }

    private func test(
        _ system: TrainedSystem, _ utterances: [Int], _ frames: [any FrameSource], _ workers: Workers
    ) throws -> (outcomes: [FoldTest.Outcome], frames: Int, correctFrames: Int) {
        var outcomes: [FoldTest.Outcome] = []
        var (total, correct) = (0, 0)
        for group in utterances.groups(of: 256) {
            for (index, logs) in zip(group, try system.ensemble.logPosteriors(of: group.map { frames[$0] }, workers: workers)) {
                outcomes.append(try outcome(of: index, system.pooling(of: logs, frames[index])))
                total += logs.rows
                correct += (0..<logs.rows).count { logs.largest(inRow: $0) == data.labels[index] }
            }
        }
        return (outcomes, total, correct)
    }

    private func test(
        _ system: TrainedSystem, _ fold: Fold, _ enrolment: Enrolment, _ trial: Enrolment.Trial, _ workers: Workers
    ) throws -> [FoldTest.Outcome] {
        let frames = system.features.recordings
        guard trial.adaptsToSource else { return try test(system, fold, enrolment, Judging(trial: trial, frames: frames), workers) }
        let sources = enrolment.sources(in: fold.test, trial) { enrolment.allows(plan.corpus.utterances[$0]) }
        return try sources.flatMap { heard, judged in
            let shift = try system.adapting(to: heard, workers)
            let adapted = shift.map { shift in frames.map { NormalisedFrames($0, by: shift) as any FrameSource } } ?? frames
            let judged = Set(judged)
            return try test(system, fold, enrolment, Judging(trial: trial, frames: adapted, isJudged: judged.contains), workers)
        }
    }

    /// What a trial judges.
    private struct Judging {
        let trial: Enrolment.Trial
        /// The normalised features of all utterances, adapted to their source if it is known.
        let frames: [any FrameSource]
        /// Which of the utterances that are not enrolled are judged.
        var isJudged: (Int) -> Bool = { _ in true }
    }

    /// Enrols each speaker with some test utterances, and tests the others.
    private func test(
        _ system: TrainedSystem, _ fold: Fold, _ enrolment: Enrolment, _ judging: Judging, _ workers: Workers
    ) throws -> [FoldTest.Outcome] {
        let original = system.features.recordings
        let speakers = Dictionary(grouping: fold.test) { plan.corpus.utterances[$0].speaker }.sorted { $0.key < $1.key }
        return try speakers.flatMap { speaker in
            let chosen = enrolment.enrolled(speaker.value, of: speaker.key, judging.trial) { enrolment.allows(plan.corpus.utterances[$0]) }
            let judged = speaker.value.filter { !chosen.contains($0) && judging.isJudged($0) }
            let known = try chosen.isEmpty ? nil : system.knowing(chosen, in: judging.frames, workers)
            let shifted = judged.map { index in
                known.map { NormalisedFrames(judging.frames[index], by: $0.shift) as any FrameSource } ?? judging.frames[index]
            }
            let logs = try (known?.ensemble ?? system.ensemble).logPosteriors(of: shifted, workers: workers)
            return try judged.indices.map { place in
                try outcome(of: judged[place], system.pooling(of: logs[place], original[judged[place]], temperature: known?.temperature))
            }
        }
    }

    private func outcome(of index: Int, _ pooling: Pooling) throws(NoProbabilities) -> FoldTest.Outcome {
        let probabilities = pooling.probabilities
        guard probabilities.allSatisfy(\.isFinite) else { throw NoProbabilities(file: plan.corpus.utterances[index].file) }
        return FoldTest.Outcome(utterance: index, truth: data.labels[index], decided: pooling.decided, probabilities: probabilities)
    }
}

extension Matrix {
    /// The column of a row's largest element, the first of several.
    fileprivate func largest(inRow row: Int) -> Int {
        (1..<columns).reduce(0) { self[row, $1] > self[row, $0] ? $1 : $0 }
    }
}
