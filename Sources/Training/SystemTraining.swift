import Stimmung
import StimmungBoltzmann
import StimmungCorpora
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Synchronization

/// Trains all that a recipe asks for on utterances of a corpus: the networks of its ensemble, each from a start of its own, and the temperature
/// of their probabilities.
///
/// `Evaluation` and `ModelTraining` call it, for a fold or for a whole corpus; it calls `Trainer` for each network.
package struct SystemTraining: Sendable {
    package let recipe: Recipe
    package let classes: LabelSet
    package var seed: UInt64
    package var workers: Workers
    package let cancellation: Cancellation
    /// Frames of more utterances, without labels, for the machines and the auto-encoder.
    package var unlabelled: [any FrameSource] = []
    /// Machines that have been trained before; nil trains them here.
    package var machines: BoltzmannStack?

    package init(recipe: Recipe, classes: LabelSet, seed: UInt64, workers: Workers, cancellation: Cancellation) {
        self.recipe = recipe
        self.classes = classes
        self.seed = seed
        self.workers = workers
        self.cancellation = cancellation
    }

    /// Utterances to train on, and those that the best epoch is chosen by.
    package struct Division: Sendable, Equatable {
        package let training: [Int]
        package let heldOut: [Int]
    }

    /// Holds out speakers for early stopping, where the recipe asks for it.
    ///
    /// - Throws: `CorpusError` where there are too few speakers.
    package func division(of utterances: [Int], in corpus: Corpus) throws(CorpusError) -> Division {
        guard recipe.training.heldOutSpeakers > 0 else { return Division(training: utterances, heldOut: []) }
        let parts = try corpus.holdingOutSpeakers(recipe.training.heldOutSpeakers, of: utterances, seed: seed)
        return Division(training: parts.train, heldOut: parts.heldOut)
    }

    /// - Parameters:
    ///   - data: features with the copies of the recipe's augmentation first; further copies are normalised but not trained on.
    ///   - states: where the training of each network is to resume; nil begins, and so does an empty array.
    ///   - epochDone: called with the state of a network and its number, from 0, after each of its epochs; one call at a time.
    ///   - progress: called as the work goes on, one call at a time.
    /// - Throws: `Cancelled`, `TrainingError`, `BoltzmannError`, `FrameError`, and what `epochDone` throws.
    package func train(
        on division: Division, of data: TrainingData, from states: [TrainingState?] = [],
        epochDone: @Sendable (TrainingState, Int) throws -> Void, progress: @Sendable (WorkProgress) -> Void
    ) throws -> TrainedSystem {
        let features = try data.normalised(training: division.training)
        let copies = [features.recordings] + features.copies.prefix(recipe.augmentation.count)
        let groups = data.groups(training: division.training)
        let validation = data.sequences(division.heldOut, features.recordings, groups)
        let centred = try recipe.trainsVoices ? copies.map { try data.centred($0, speakersOf: division.training) } : []
        let centredValidation =
            try recipe.trainsVoices
            ? data.sequences(division.heldOut, data.centred(features.recordings, speakersOf: division.heldOut), groups) : []
        @Sendable func material(_ utterances: [Int], isCentred: Bool) -> [LabelledSequence] {
            (isCentred ? centred : copies).flatMap { data.sequences(utterances, $0, groups) }
        }

        let parts = recipe.calibration > 0 ? data.parts(of: division.training, count: recipe.calibration, seed: seed) : []
        // A set of networks is an ensemble, and one more for voices where the recipe has it: first that of the model, then one for each part.
        let set = recipe.networkCount
        let jobs = set * (1 + parts.count)
        let calibrationEpochs = parts.count * set * recipe.training.epochs
        let states = states.isEmpty ? [TrainingState?](repeating: nil, count: set) : states
        let told = Mutex((last: states, calibration: 0))
        // Sums over processes have one order, so networks are then trained one after the other.
        let outer = workers.processes.areSeveral ? Workers(threads: 1) : workers
        let networks = try outer.map(jobs) { (job) throws -> Network in
            let (part, number) = (job / set - 1, job % set)
            let member = member(number)
            let isCentred = number >= recipe.ensemble
            guard part >= 0 else {
                return try member.trainNetwork(
                    on: material(division.training, isCentred: isCentred), validation: isCentred ? centredValidation : validation,
                    from: states[number],
                    epochDone: { state in
                        try told.withLock {
                            $0.last[number] = state
                            try epochDone(state, number)
                            if let report = state.history.last {
                                progress(report.progress(of: recipe.training.epochs, network: number + 1))
                            }
                        }
                    },
                    progress: { step in told.withLock { _ in progress(step) } })
            }
            let unheard = Set(parts[part])
            return try member.trainNetwork(
                on: material(division.training.filter { !unheard.contains($0) }, isCentred: isCentred),
                validation: isCentred ? centredValidation : validation,
                epochDone: { _ in
                    told.withLock {
                        $0.calibration += 1
                        progress(WorkProgress(.calibration, $0.calibration, of: calibrationEpochs, detail: "epochs"))
                    }
                }, progress: { _ in })
        }
        let ensembles = networks.map { $0.rounded(to: recipe.weights ?? .float32) }.groups(of: recipe.ensemble).map { Ensemble(Array($0)) }
        let sets = ensembles.groups(of: set / recipe.ensemble).map { NetworkSet(any: $0[0], voices: $0.count > 1 ? $0[1] : nil) }
        let fitting = ConfidenceFitting(
            recipe: recipe, data: data, recordings: features.recordings, groups: groups, seed: seed, workers: workers)
        let confidence = try fitting.fit(zip(parts, sets.dropFirst()).map { $0 }, training: division.training)
        let voices = try sets[0].voices.map { ensemble in
            VoiceNetworks(
                ensemble: ensemble, spread: try fitting.spread(of: division.training, by: sets[0].any),
                temperature: confidence.voiceTemperature)
        }
        return TrainedSystem(
            recipe: recipe, classes: classes, ensemble: sets[0].any, voiceNetworks: voices, confidence: confidence,
            features: features, division: division, networks: told.withLock { $0.last }.compactMap(\.self))
    }

    /// The start of the network with a number, from 0, which gives a checkpoint its shapes.
    package func start(_ number: Int) -> TrainingState { member(number).startOfNetwork() }

    /// The training of the network with a number, from 0.
    private func member(_ number: Int) -> SystemTraining {
        var member = self
        if number > 0 { member.seed = RandomSource(seed: seed).stream(number).firstValue }
        return member
    }
}
