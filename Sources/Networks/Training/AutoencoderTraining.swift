import StimmungSupport
import StimmungTensors

/// The training options of a stacked auto-encoder.
package struct AutoencoderOptions: Sendable, Equatable {
    /// Passes over the frames for each layer.
    package var epochs = 10
    /// Frames per step.
    package var batch = 256
    /// η of Adam, constant.
    package var learningRate: Float = 1e-3
    /// Whether the decoder shares the encoder's weights.
    package var isTied = true
    /// Standard deviation of the Gaussian noise on a layer's inputs, in units of their own deviation over all frames; 0 for none.
    package var noise: Float = 0
    /// Random seed of the order of frames and the noise.
    package var seed: UInt64 = 0

    package init() {}
}

/// The result of an epoch of one layer.
package struct AutoencoderReport: Sendable, Equatable {
    /// Number of the trained layer, 1 … `layers`.
    package let layer: Int
    package let layers: Int
    /// From 1.
    package let epoch: Int
    /// Mean of ½ ‖x − x̂‖² over the frames, during the epoch.
    package let loss: Double
}

/// Trains the dense hidden layers of a network as a stacked auto-encoder, without labels, from the lowest up.
///
///     try AutoencoderTraining(AutoencoderOptions(), workers: Workers()).train(&network, on: frames)     // then `Trainer`, to fine-tune
///
/// Each dense layer except the output layer learns, with the activation above it, to reconstruct its inputs: the outputs of the trained
/// layers below. Layers of other kinds are used as they are. The frames of a step are divided into parts by their number only, so results
/// are bit-identical for any number of threads.
///
/// Source: Y. Bengio, P. Lamblin, D. Popovici, H. Larochelle, *Greedy layer-wise training of deep networks* (2007).
package struct AutoencoderTraining: Sendable {
    package let options: AutoencoderOptions
    package let workers: Workers
    /// Checked at every step.
    package var cancellation = Cancellation()

    package init(_ options: AutoencoderOptions, workers: Workers) {
        precondition(
            options.epochs > 0 && options.batch > 0 && options.noise >= 0, "epochs and batch must be above 0, noise not negative")
        self.options = options
        self.workers = workers
    }

    /// - Parameters:
    ///   - frames: utterances, T × D each.
    ///   - epochDone: called with a report after every epoch.
    /// - Throws: `TrainingError` if the network cannot be trained, `Cancelled` if the training is cancelled, or an error of `epochDone`.
    package func train(
        _ network: inout Network, on frames: [Matrix], epochDone: (AutoencoderReport) throws -> Void = { _ in }
    ) throws {
        guard !frames.isEmpty else { throw TrainingError.nothingToTrainOn }
        let dense = network.affineLayers.dropLast()
        var inputs = frames
        var reached = 0
        for (order, number) in dense.enumerated() {
            // Windows are gathered for each step: gathered for all frames at once, they would multiply the memory by their width.
            let window = network.layers[reached..<number].lastIndex { $0.role == .window }
            let isLastBelow = window.map { network.layers[($0 + 1)..<number].allSatisfy { $0.role == .identity } } ?? false
            let end = isLastBelow ? window ?? number : number
            inputs = outputs(of: network, reached..<end, inputs)
            reached = end
            let data = AutoencoderData(inputs, context: isLastBelow ? network.layers[end].context : .none)
            try train(&network, number, on: data, RandomSource(seed: options.seed).stream(order)) {
                try epochDone(AutoencoderReport(layer: order + 1, layers: dense.count, epoch: $0, loss: $1))
            }
        }
    }

    /// The outputs of a range of layers for sequences of their inputs.
    private func outputs(of network: Network, _ range: Range<Int>, _ frames: [Matrix]) -> [Matrix] {
        guard !range.isEmpty else { return frames }
        let layers = Array(network.layers[range])
        var values = network.parameters.layerRanges[range].flatMap { network.parameters.values[$0] }[...]
        let part = Network(layers) { entry in
            defer { values = values.dropFirst(entry.shape.count) }
            return Array(values.prefix(entry.shape.count))
        }
        return part.outputs(of: frames, workers: workers)
    }

    private func train(
        _ network: inout Network, _ number: Int, on data: AutoencoderData, _ random: RandomSource,
        _ epochDone: (Int, Double) throws -> Void
    ) throws {
        let range = network.parameters.layerRanges[number]
        let layer = network.layers[number]
        let split = range.lowerBound + layer.inputs * layer.outputs
        var autoencoder = Autoencoder(
            inputs: layer.inputs, hidden: layer.outputs, units: units(of: number, in: network),
            weights: network.parameters.values[range.lowerBound..<split], bias: network.parameters.values[split..<range.upperBound])
        var optimiser = Optimiser(.init(kind: .adam, weightDecay: 0), parameters: autoencoder.parameters.values.count)
        let batch = min(options.batch, data.frames.count)
        let noise = options.noise > 0 ? options.noise * data.deviation : 0
        let parallel = DataParallel(
            (0..<partCount(batch)).map { _ in AutoencoderPart(autoencoder, data, noise: noise) }, workers: workers)
        var gradient = [Float](repeating: 0, count: autoencoder.parameters.values.count)
        for epoch in 0..<options.epochs {
            let own = random.stream(epoch)
            var shuffle = own.stream(0)
            let order = shuffle.permutation(data.frames.count)
            var total = 0.0
            for (step, start) in stride(from: 0, to: order.count, by: batch).enumerated() {
                try workers.check(cancellation)
                let members = order[start..<min(start + batch, order.count)]
                let count = partCount(members.count)
                let losses = parallel.map(count) { [autoencoder] part, number in
                    let share = DataParallel<AutoencoderPart>.share(number, of: count, in: members.count)
                    let numbers = members[members.startIndex + share.lowerBound..<members.startIndex + share.upperBound]
                    return part.run(autoencoder, numbers, scale: 1 / Float(members.count), own.stream(1, step, number))
                }
                parallel.sum(count, into: &gradient)
                total += losses.reduce(0, +)
                guard total.isFinite else { throw TrainingError.diverged(epoch: epoch + 1) }
                optimiser.step(&autoencoder.parameters, gradient: gradient, learningRate: options.learningRate)
            }
            guard areFinite(autoencoder.parameters.values) else { throw TrainingError.diverged(epoch: epoch + 1) }
            try epochDone(epoch + 1, total / Double(order.count))
        }
        network.parameters.values.replaceSubrange(range, with: autoencoder.weights + autoencoder.bias)
    }

    /// Parts of at least 128 frames keep the products large enough.
    private func partCount(_ frames: Int) -> Int { DataParallel<AutoencoderPart>.count(of: frames, atLeast: 128) }

    /// The encoder has the activation above the layer; the decoder uses bounded units if the inputs are outputs of bounded units.
    private func units(of number: Int, in network: Network) -> Autoencoder.Units {
        // Dropout and noise are off here, and a window only repeats values.
        let below = network.layers[..<number].last { $0.role != .identity && $0.role != .window }?.role
        let decoder: Activation? =
            switch below {
            case .activation(.sigmoid): .sigmoid
            case .activation(.tanh): .tanh
            default: nil
            }
        guard case .activation(let activation) = network.layers[number + 1].role else {
            return Autoencoder.Units(activation: nil, decoder: decoder, isTied: options.isTied)
        }
        return Autoencoder.Units(activation: activation, decoder: decoder, isTied: options.isTied)
    }
}

/// The inputs of a layer: windows of the frames of utterances.
private struct AutoencoderData: Sendable {
    let utterances: [Matrix]
    let context: FrameContext
    /// Utterance and step of each frame.
    let frames: [(utterance: Int, step: Int)]

    init(_ utterances: [Matrix], context: FrameContext) {
        self.utterances = utterances
        self.context = context
        frames = utterances.indices.flatMap { utterance in (0..<utterances[utterance].rows).map { (utterance, $0) } }
    }

    /// The standard deviation of all elements of all frames from their common mean.
    var deviation: Float {
        var (sum, square, count) = (0.0, 0.0, 0)
        for utterance in utterances {
            for x in utterance.elements {
                sum += Double(x)
                square += Double(x) * Double(x)
            }
            count += utterance.elements.count
        }
        let mean = sum / Double(count)
        return Float(max(0, square / Double(count) - mean * mean).squareRoot())
    }

    func gather(_ numbers: ArraySlice<Int>, into rows: inout Matrix) {
        let width = rows.columns
        rows.resize(rows: numbers.count)
        rows.elements.withUnsafeMutableBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            for (row, number) in numbers.enumerated() {
                let (utterance, step) = frames[number]
                context.copyWindow(of: step, in: utterances[utterance], to: base + row * width)
            }
        }
    }
}

/// The working memory of one part of a step's frames.
///
/// Unchecked: one worker at a time uses a part, and the parts are read after all workers are done.
private final class AutoencoderPart: GradientPart, @unchecked Sendable {
    private let data: AutoencoderData
    /// Standard deviation of the noise on the frames.
    private let noise: Float
    private let memory = Autoencoder.Memory()
    private var frames: Matrix
    private var corrupted: Matrix
    private var normal: [Float] = []
    private var gradient: [Float]

    init(_ autoencoder: Autoencoder, _ data: AutoencoderData, noise: Float) {
        self.data = data
        self.noise = noise
        frames = Matrix(rows: 0, columns: autoencoder.inputs)
        corrupted = Matrix(rows: 0, columns: autoencoder.inputs)
        gradient = [Float](repeating: 0, count: autoencoder.parameters.values.count)
    }

    func run(_ autoencoder: Autoencoder, _ numbers: ArraySlice<Int>, scale: Float, _ random: RandomSource) -> Double {
        data.gather(numbers, into: &frames)
        guard noise > 0 else {
            return autoencoder.loss(of: frames, from: frames, scale: scale, memory: memory, gradient: &gradient)
        }
        corrupted.copy(frames)
        corrupted.addNormal(deviation: noise, from: random, memory: &normal)
        return autoencoder.loss(of: frames, from: corrupted, scale: scale, memory: memory, gradient: &gradient)
    }

    func addGradient(to total: inout [Float]) {
        for i in total.indices { total[i] += gradient[i] }
    }
}
