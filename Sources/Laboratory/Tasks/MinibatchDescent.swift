import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Minibatch gradient descent at a constant learning rate; frames are shuffled in each pass.
struct MinibatchDescent: Sendable {
    var optimiser = Optimiser.Options(kind: .adam, weightDecay: 0)
    var learningRate: Float
    /// Frames per step.
    var batch = 128
    var regularisers: [Regulariser] = []
    /// Random seed of the order of frames, and of the network's noise and dropout.
    var seed: UInt64

    /// Checked at every step.
    var cancellation = Cancellation()

    /// - Parameter passDone: called after each pass with its number, from 1, and the network; may throw to stop.
    /// - Throws: `ExperimentError.diverged` if the loss is not finite, `Cancelled` if a stop is requested, and whatever `passDone` throws.
    func run(
        _ network: inout Network, on frames: LabelledFrames, passes: Int, passDone: (Int, Network) throws -> Void
    ) throws {
        // A batch is one part: dividing it would change the published curves, and these small networks gain little from more threads.
        let parallel = DataParallel([DescentPart(network, classes: frames.classes)], workers: Workers(threads: 1))
        var optimiser = Optimiser(optimiser, parameters: network.parameters.values.count)
        var gradient = [Float](repeating: 0, count: network.parameters.values.count)
        for number in 0..<passes {
            let random = RandomSource(seed: seed).stream(number)
            var shuffle = random.stream(0)
            let order = shuffle.permutation(frames.count)
            for (step, start) in stride(from: 0, to: order.count, by: batch).enumerated() {
                try cancellation.check()
                let (input, labels) = frames.gather(order[start..<min(start + batch, order.count)])
                let losses = parallel.map(1) { [network] part, _ in part.run(network, input, labels, random.stream(1, step)) }
                guard losses[0].isFinite else { throw ExperimentError.diverged(update: optimiser.steps + 1) }
                parallel.sum(1, into: &gradient)
                for regulariser in regularisers { regulariser.addGradient(of: network.parameters, to: &gradient) }
                optimiser.step(&network.parameters, gradient: gradient, learningRate: learningRate)
                for regulariser in regularisers { regulariser.finish(&network.parameters, after: optimiser, learningRate: learningRate) }
            }
            try passDone(number + 1, network)
        }
    }
}

/// The working memory of the single part of a batch.
///
/// Unchecked: only one worker uses it.
private final class DescentPart: GradientPart, @unchecked Sendable {
    private let memory: NetworkMemory
    private let weights: [Float]

    init(_ network: Network, classes: Int) {
        memory = network.makeMemory()
        weights = [Float](repeating: 1, count: classes)
    }

    /// - Returns: the sum of the frames' losses.
    func run(_ network: Network, _ input: Matrix, _ labels: [Int], _ random: RandomSource) -> Double {
        let pass = Pass(batch: LabelledFrames.batch(labels.count), phase: .training, random: random)
        var output = memory.forward(network, input, pass)
        let sum = FrameLoss().gradient(&output, targets: labels, weights: weights, scale: 1 / Float(labels.count))
        memory.backward(network, outputGradient: output, pass)
        return sum.loss
    }

    func addGradient(to total: inout [Float]) { memory.addGradient(to: &total) }
}
