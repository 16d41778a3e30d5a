import Stimmung
import StimmungBoltzmann
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// One network of a system: Boltzmann machines first, where the recipe has them, then its dense layers as auto-encoders, where it says so, then
/// the whole network with labels.
extension SystemTraining {
    /// - Parameters:
    ///   - sequences: normalised.
    ///   - state: where a training of the same network is to resume; the machines are trained anew, with the same result, and the auto-encoder
    ///     is not, since its layers are in the state.
    ///   - epochDone: called after each epoch of the network.
    ///   - progress: called after each epoch of a machine, or of a layer of the auto-encoder.
    /// - Throws: `Cancelled`, `TrainingError`, `BoltzmannError`, `FrameError`, and what `epochDone` throws.
    func trainNetwork(
        on sequences: [LabelledSequence], validation: [LabelledSequence], from state: TrainingState? = nil,
        epochDone: (TrainingState) throws -> Void, progress: (WorkProgress) -> Void
    ) throws -> Network {
        let front: BoltzmannFront?
        if let pretraining = recipe.pretraining {
            front = try makeFront(pretraining, sequences.map(\.frames), progress)
        } else {
            front = nil
        }
        let lower: [any Layer] = front?.layers ?? []
        var network = trainedPart(over: lower)
        let store = FrameStore()
        func prepared(_ frames: [any FrameSource]) throws(FrameError) -> [any FrameSource] {
            guard keepsMachines, let front else { return frames }
            return try workers.map(frames.count) { (index) throws(FrameError) in
                try store.keep(front.features(of: try frames[index].frames()))
            }
        }
        func prepared(_ sequences: [LabelledSequence]) throws(FrameError) -> [LabelledSequence] {
            zip(sequences, try prepared(sequences.map(\.frames))).map { $0.with($1) }
        }
        let training = try prepared(sequences)
        if let autoencoder = recipe.autoencoder, state == nil {
            var pretraining = AutoencoderTraining(autoencoder.options(seed: seed), workers: workers)
            pretraining.cancellation = cancellation
            try pretraining.train(&network, on: try (training.map(\.frames) + prepared(unlabelled)).map { try $0.frames() }) {
                progress(WorkProgress(.autoencoder($0.layer), $0.epoch, of: autoencoder.epochs))
            }
        }
        var trainer = Trainer(options(over: lower), classes: classes.count, workers: workers)
        trainer.cancellation = cancellation
        try trainer.train(&network, on: training, validation: try prepared(validation), from: state, epochDone: epochDone)
        guard keepsMachines else { return network }
        var whole = Network(lower + network.layers, seed: seed)
        whole.precision = network.precision
        let own = whole.parameters.values.count - network.parameters.values.count
        whole.parameters.values.replaceSubrange(own..., with: network.parameters.values)
        return whole
    }

    /// The start of the trained part.
    func startOfNetwork() -> TrainingState {
        let lower: [any Layer] = recipe.pretraining?.layers(inputs: recipe.features.width) ?? []
        return TrainingState(trainedPart(over: lower), options(over: lower))
    }

    private func options(over lower: [any Layer]) -> TrainingOptions {
        recipe.trainingOptions(seed: seed, above: keepsMachines ? 0 : lower.count)
    }

    /// Whether machines stay as they are, so that only the layers above them are trained.
    private var keepsMachines: Bool { recipe.pretraining?.finetunes == false }

    /// The network that the trainer sees: the layers above the machines' own, with these where training moves them too.
    private func trainedPart(over lower: [any Layer]) -> Network {
        let upper = recipe.upperLayers(inputs: lower.last?.outputs ?? recipe.features.width, classes: classes.count)
        return Network(keepsMachines ? upper : lower + upper, seed: seed)
    }

    /// The machines with the scale that standardises their hidden probabilities on the training data.
    private func makeFront(
        _ pretraining: PretrainingRecipe, _ frames: [any FrameSource], _ progress: (WorkProgress) -> Void
    ) throws -> BoltzmannFront {
        var training = pretraining.training(seed: seed, workers: workers)
        training.cancellation = cancellation
        let trained =
            try machines
            ?? training.train(on: frames + unlabelled) {
                progress(WorkProgress(.machine($0.done.count + 1), $0.current.epoch, of: pretraining.epochs))
            }
        let statistics = try workers.map(frames.count) { (index) throws(FrameError) in
            var statistics = FeatureStatistics(width: trained.outputs)
            statistics.add(trained.features(ofUtterance: try frames[index].frames()))
            return statistics
        }
        let whole = statistics.reduce(into: FeatureStatistics(width: trained.outputs)) { $0.merge($1) }
        return BoltzmannFront(stack: trained, normaliser: Normaliser(whole))
    }
}

/// Trained machines as the lower layers of a network, with what standardises their hidden probabilities.
private struct BoltzmannFront: Sendable {
    let layers: [any Layer]
    private let network: Network

    /// A unit that hardly ever changes is not blown up.
    private static let smallestDeviation: Float = 0.01

    init(stack: BoltzmannStack, normaliser: Normaliser) {
        let deviation = normaliser.deviation.map { max($0, Self.smallestDeviation) }
        layers = stack.layers + [Scale(standardising: normaliser.mean, deviation)]
        network = Network(layers, seed: 0)
    }

    /// What the layers give for an utterance.
    func features(of frames: Matrix) -> Matrix {
        network.makeMemory().forward(network, frames, Pass(batch: PackedBatch(lengths: [frames.rows]), phase: .inference))
    }
}

extension Network {
    /// The same network with weights of another number format.
    func rounded(to format: WeightFormat) -> Network {
        guard format == .bfloat16 else { return self }
        var network = self
        network.parameters.values = network.parameters.values.map(\.roundedToBFloat16)
        return network
    }
}
