import Stimmung
import StimmungBoltzmann
import StimmungCorpora
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import StimmungTraining

/// The features and labels that all folds of an evaluation share, and what is done with them in a fold.
struct EvaluationMaterial: Sendable {
    private let plan: EvaluationPlan
    private let recipe: Recipe
    private let features: SystemFeatures
    private let labels: [Int]
    private let names: [String]
    /// The frames, where normalisation does not depend on the fold.
    private let normalised: TrainingMaterial?
    /// Of the recordings under other conditions.
    private let conditions: [CorpusFeatures]
    /// Their frames, where normalisation does not depend on the fold.
    private let normalisedConditions: [[any FrameSource]]?
    /// Machines that have been trained before.
    private let stack: BoltzmannStack?
    /// Normalised frames of the unlabelled corpora.
    private let unlabelled: [any FrameSource]
    private let cancellation: Cancellation

    /// - Parameter progress: called with the number of recordings done, of how many.
    init(_ evaluation: Evaluation, _ plan: EvaluationPlan, progress: @escaping @Sendable (Int, Int) -> Void) throws {
        self.plan = plan
        recipe = evaluation.recipe
        stack = evaluation.machines?.stack
        cancellation = evaluation.cancellation
        labels = try plan.corpus.targets(classes: plan.classes)
        names = plan.corpus.utterances.map(\.file)
        let own = labels.count
        let more = evaluation.unlabelled.reduce(own * evaluation.conditions.count) { $0 + $1.utterances.count }
        let store = FrameStore()
        features = try SystemFeatures(
            of: plan.corpus, recipe: recipe, store: store, cache: evaluation.cache, workers: evaluation.workers,
            cancellation: evaluation.cancellation
        ) { progress($0, $1 + more) }
        normalised =
            recipe.normalisation == .train
            ? nil : try features.material(recipe.normalisation, training: [], labels: labels, names: names).material
        var before = own * (1 + recipe.augmentation.count)
        let total = before + more
        func extracted(_ corpus: Corpus, _ copy: RecordingCopy) throws -> CorpusFeatures {
            let offset = before
            before += corpus.utterances.count
            return try CorpusFeatures(
                of: corpus, options: evaluation.recipe.features, copy: copy, store: store, cache: evaluation.cache,
                workers: evaluation.workers,
                cancellation: evaluation.cancellation
            ) { progress(offset + $0, total) }
        }
        conditions = try evaluation.conditions.map { try extracted(plan.corpus, $0) }
        normalisedConditions =
            recipe.normalisation == .train
            ? nil : try conditions.map { try $0.normalised(evaluation.recipe.normalisation, training: []).frames }
        unlabelled = try evaluation.unlabelled.flatMap { corpus in
            try extracted(corpus, RecordingCopy())
                .normalised(evaluation.recipe.normalisation, training: Array(corpus.utterances.indices)).frames
        }
    }

    /// What training on a fold gives.
    struct Trained {
        let ensemble: Ensemble
        let temperature: Double
        /// What brings features to the mean and deviation of the training data; nil unless the recipe's normalisation is `train`.
        let normaliser: Normaliser?
        /// Of all utterances as they were recorded, normalised as the recipe says.
        let frames: [any FrameSource]
        /// The last state of each network.
        let networks: [TrainingState]
        /// Utterances trained on, and those that the epoch was chosen by.
        let training: [Int]
        let heldOut: [Int]
    }

    /// Trains on the fold's training part.
    ///
    /// - Parameter epochDone: called after every epoch of every network.
    func train(_ fold: Fold, _ index: Int, seed: UInt64, _ workers: Workers, epochDone: () -> Void) throws -> Trained {
        let foldSeed = RandomSource(seed: seed).stream(index).firstValue
        let (training, heldOut) =
            recipe.training.heldOutSpeakers > 0
            ? try plan.corpus.holdingOutSpeakers(recipe.training.heldOutSpeakers, of: fold.train, seed: foldSeed) : (fold.train, [])
        let (material, normaliser) =
            try normalised.map { ($0, nil) } ?? features.material(recipe.normalisation, training: training, labels: labels, names: names)
        var last = [TrainingState?](repeating: nil, count: recipe.ensemble)
        let (ensemble, temperature) = try SystemTraining(
            recipe: recipe, classes: plan.classes.count, seed: foldSeed, workers: workers, cancellation: cancellation,
            unlabelled: unlabelled, stack: stack
        ).run(on: material, training: training, heldOut: heldOut) { step in
            switch step {
            case .epoch(let state, let network):
                last[network] = state
                epochDone()
            case .calibrationEpoch: epochDone()
            case .machineEpoch, .autoencoderEpoch: break
            }
        }
        return Trained(
            ensemble: ensemble, temperature: temperature, normaliser: normaliser, frames: material.recordings,
            networks: last.compactMap(\.self),
            training: training, heldOut: heldOut)
    }

    /// Trains on the fold's training part and tests on the rest, as it was recorded and under every other condition.
    ///
    /// - Parameter epochDone: called after every epoch of every network.
    func test(_ fold: Fold, _ index: Int, seed: UInt64, _ workers: Workers, epochDone: () -> Void) throws -> FoldTest {
        let began = ContinuousClock.now
        return try test(train(fold, index, seed: seed, workers, epochDone: epochDone), fold, since: began, workers)
    }

    /// Tests a fold's system, as `test` does.
    ///
    /// - Parameter began: when its training began.
    func test(_ trained: Trained, _ fold: Fold, since began: ContinuousClock.Instant, _ workers: Workers) throws -> FoldTest {
        let clean = try test(trained, fold, trained.frames, workers)
        let conditions = try normalisedConditions ?? conditions.map { try $0.normalised(.train, by: trained.normaliser) }
        let altered = try conditions.map { try test(trained, fold, $0, workers).outcomes }
        return FoldTest(
            name: fold.name, classes: plan.classes.labels, outcomes: clean.outcomes, conditions: altered, frames: clean.frames,
            correctFrames: clean.correctFrames, epochs: trained.networks.first?.history ?? [],
            seconds: began.duration(to: .now) / .seconds(1))
    }

    private func test(
        _ trained: Trained, _ fold: Fold, _ frames: [any FrameSource], _ workers: Workers
    ) throws -> (outcomes: [FoldTest.Outcome], frames: Int, correctFrames: Int) {
        var outcomes: [FoldTest.Outcome] = []
        var (total, correct) = (0, 0)
        for group in fold.test.groups(of: 256) {
            for (index, logs) in zip(group, try trained.ensemble.logPosteriors(of: group.map { frames[$0] }, workers: workers)) {
                outcomes.append(try outcome(of: index, logs, temperature: trained.temperature))
                total += logs.rows
                correct += (0..<logs.rows).count { logs.largest(inRow: $0) == labels[index] }
            }
        }
        return (outcomes, total, correct)
    }

    private func outcome(of index: Int, _ logs: Matrix, temperature: Double) throws(NoProbabilities) -> FoldTest.Outcome {
        var pooling = Pooling(recipe.decision, classes: plan.classes.count, temperature: temperature)
        pooling.add(logs)
        let probabilities = pooling.probabilities
        guard probabilities.allSatisfy(\.isFinite) else { throw NoProbabilities(file: plan.corpus.utterances[index].file) }
        return FoldTest.Outcome(utterance: index, truth: labels[index], decided: pooling.decided, probabilities: probabilities)
    }
}

extension Matrix {
    /// The column of a row's largest element, the first of several.
    fileprivate func largest(inRow row: Int) -> Int {
        (1..<columns).reduce(0) { self[row, $1] > self[row, $0] ? $1 : $0 }
    }
}
