import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Gradients in a deep perceptron: their size per layer before training, and the learning curves. Compares random initialisation with
/// pre-training of the hidden layers as a stacked auto-encoder.
///
/// The random initialisation is that of X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward neural
/// networks* (2010), with a gain of 1, which ignores the logistic function's slope of a quarter. A second random initialisation has the
/// gain 4, which compensates for it.
package struct DepthExperiment: Sendable {
    package var classifier = FrameClassifier(layers: 10, units: 128, unit: .sigmoid)
    /// Passes over the labelled frames.
    package var passes = 30
    package var optimiser = OptimiserKind.sgd
    /// Constant learning rate.
    package var learningRate: Float = 0.1
    /// Passes over the unlabelled frames per layer of the auto-encoder.
    package var pretrainingPasses = 30
    package var pretrainingRate: Float = 3e-3
    /// Frames per step in pre-training.
    package var pretrainingBatch = 64
    /// Noise on a layer's inputs in pre-training, in units of their standard deviation.
    package var pretrainingNoise: Float = 0
    /// Whether the decoder of the auto-encoder shares the encoder's weights.
    package var isTied = false
    package var batch = 128
    /// Random seed of the initial weights and of the order of frames.
    package var seed: UInt64 = 0
    package var workers = Workers()
    /// Checked at every step.
    package var cancellation = Cancellation()

    package init(seed: UInt64 = 0) {
        self.seed = seed
    }

    package enum Start: String, Sendable, Codable, CaseIterable {
        case random = "random start"
        case autoencoder = "auto-encoder"
        case gain = "random start, gain 4"
    }

    package struct Curve: Sendable, Equatable, Codable {
        package let start: Start
        /// Root mean square of ∂L/∂W over the weights of each dense layer before training, from the input; the last is the output layer.
        package let gradients: [Double]
        /// Measurements on all training frames, before the first pass and after each pass.
        package let measurements: [LabelledFrames.Measurement]
    }

    /// - Throws: `ExperimentError` if training fails, `Cancelled` if a stop is requested.
    package func run(
        on frames: LabelledFrames, progress: (WorkProgress) -> Void = { _ in }
    ) throws -> [Curve] {
        try Start.allCases.enumerated().map { number, start in
            var network = try network(start, frames, progress)
            let gradients = gradientSizes(of: network, frames)
            var measurements = [frames.measure(network, workers: workers)]
            var descent = MinibatchDescent(learningRate: learningRate, batch: batch, seed: RandomSource(seed: seed).stream(1).firstValue)
            descent.cancellation = cancellation
            descent.optimiser = .init(kind: optimiser, momentum: 0.9, weightDecay: 0)
            try descent.run(&network, on: frames, passes: passes) { pass, network in
                measurements.append(frames.measure(network, workers: workers))
                progress(WorkProgress(.init("perceptron"), number * passes + pass, of: Start.allCases.count * passes))
            }
            return Curve(start: start, gradients: gradients, measurements: measurements)
        }
    }

    private func network(
        _ start: Start, _ frames: LabelledFrames, _ progress: (WorkProgress) -> Void
    ) throws -> Network {
        var classifier = classifier
        if start == .gain { classifier.gain = 4 }
        var network = classifier.network(inputs: frames.input.columns, classes: frames.classes, seed: seed)
        guard start == .autoencoder else { return network }
        var options = AutoencoderOptions()
        options.epochs = pretrainingPasses
        options.learningRate = pretrainingRate
        options.batch = pretrainingBatch
        options.noise = pretrainingNoise
        options.isTied = isTied
        options.seed = RandomSource(seed: seed).stream(2).firstValue
        do {
            var training = AutoencoderTraining(options, workers: workers)
            training.cancellation = cancellation
            try training.train(&network, on: [frames.input]) {
                progress(WorkProgress(.init("auto-encoder"), ($0.layer - 1) * options.epochs + $0.epoch, of: $0.layers * options.epochs))
            }
        } catch TrainingError.diverged(let epoch) { throw ExperimentError.diverged(update: epoch) }
        return network
    }

    private func gradientSizes(of network: Network, _ frames: LabelledFrames) -> [Double] {
        let gradient = frames.objective(network, workers: workers, seed: seed).lossAndGradient(network.parameters.values).gradient
        return network.parameters.entries.filter(\.shape.isWeight).map { entry in
            let own = Array(gradient[entry.range])
            return own.norm / Double(own.count).squareRoot()
        }
    }
}
