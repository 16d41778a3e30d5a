import StimmungNetworks
import StimmungTensors

/// Steps down the gradient of small batches of frames, drawn anew in each pass, at a constant rate.
struct MinibatchDescent: Sendable {
    var optimiser = Optimiser.Options(kind: .adam, weightDecay: 0)
    var learningRate: Float
    /// Frames a step.
    var batch = 128
    var regularisers: [Regulariser] = []
    /// Fixes the order of frames, and the noise and dropout of the network.
    var seed: UInt64

    /// - Parameters:
    ///   - shouldStop: asked at every step.
    ///   - passDone: called after each pass, from 1, with the network; may throw to stop.
    /// - Throws: `ExperimentError`, and what `passDone` throws.
    func run(
        _ network: inout Network, on frames: LabelledFrames, passes: Int, shouldStop: () -> Bool,
        passDone: (Int, Network) throws -> Void
    ) throws {
        let memory = network.makeMemory()
        let weights = [Float](repeating: 1, count: frames.classes)
        var optimiser = Optimiser(optimiser, parameters: network.parameters.values.count)
        var gradient = [Float](repeating: 0, count: network.parameters.values.count)
        for number in 0..<passes {
            let random = RandomSource(seed: seed).stream(number)
            var shuffle = random.stream(0)
            let order = shuffle.permutation(frames.count)
            for (step, start) in stride(from: 0, to: order.count, by: batch).enumerated() {
                if shouldStop() { throw ExperimentError.interrupted }
                let (input, labels) = frames.gather(order[start..<min(start + batch, order.count)])
                let pass = Pass(batch: LabelledFrames.batch(labels.count), phase: .training, random: random.stream(1, step))
                var output = memory.forward(network, input, pass)
                let sum = FrameLoss().gradient(&output, targets: labels, weights: weights, scale: 1 / Float(labels.count))
                guard sum.loss.isFinite else { throw ExperimentError.diverged(update: optimiser.steps + 1) }
                memory.backward(network, outputGradient: output, pass)
                gradient.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
                memory.addGradient(to: &gradient)
                for regulariser in regularisers { regulariser.addGradient(of: network.parameters, to: &gradient) }
                optimiser.step(&network.parameters, gradient: gradient, learningRate: learningRate)
                for regulariser in regularisers { regulariser.finish(&network.parameters, after: optimiser, learningRate: learningRate) }
            }
            try passDone(number + 1, network)
        }
    }
}
