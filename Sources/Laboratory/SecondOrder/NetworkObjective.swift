import StimmungBoltzmann
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// The loss of a network over packed batches for second-order methods: the same function of the parameters at every call.
///
/// Shapes: R packed rows of D inputs.
///
///     let part = NetworkObjective.Part(input: packed, batch: batch, loss: CrossEntropyLoss(targets: classes, scale: 1 / frames))
///     let objective = NetworkObjective(network, parts: [part], workers: Workers())
///     let θ = try HessianFree().minimise(objective, from: network.parameters.values)
///
/// Parts are processed in parallel, and their losses and gradients are added in order, which gives the same bits for any number of threads.
/// Layers run in the training phase, but dropout and noise use the same random numbers at every call.
package final class NetworkObjective: CurvedObjective {
    /// The sequences of one packed batch, and their part of the loss.
    package struct Part: Sendable {
        package let input: Matrix
        package let batch: PackedBatch
        package let loss: any OutputLoss

        /// - Parameter input: packed rows, `R × D`.
        package init(input: Matrix, batch: PackedBatch, loss: any OutputLoss) {
            precondition(input.rows == batch.rows, "\(input.rows) rows for a batch of \(batch.rows)")
            self.input = input
            self.batch = batch
            self.loss = loss
        }
    }

    private var network: Network
    private let parallel: DataParallel<PartMemory>
    /// Number of sequences in all parts.
    private let sequences: Int
    private let seed: UInt64
    /// λ of the penalty ½λ‖w‖² on weights.
    private let decay: Float

    package init(_ network: Network, parts: [Part], decay: Float = 0, workers: Workers, seed: UInt64 = 0) {
        precondition(!parts.isEmpty, "an objective has at least one part")
        precondition(
            network.parameters.entries.allSatisfy { $0.shape.movement == nil },
            "layers with running statistics change from call to call; use Trainer")
        self.network = network
        self.seed = seed
        self.decay = decay
        let memories = parts.enumerated().map { number, part in
            PartMemory(part, network, Pass(batch: part.batch, phase: .training, random: RandomSource(seed: seed).stream(0, number)))
        }
        parallel = DataParallel(memories, workers: workers)
        sequences = parts.reduce(0) { $0 + $1.batch.sequences }
    }

    package func loss(_ θ: [Float]) -> Double {
        var network = network
        network.parameters.values = θ
        return map { [network] part, _ in part.loss(network) }.reduce(0, +) + penalty(θ)
    }

    package func lossAndGradient(_ θ: [Float]) -> (loss: Double, gradient: [Float]) {
        network.parameters.values = θ
        let loss = map { [network] part, _ in part.lossAndGradient(network) }.reduce(0, +)
        return (loss + penalty(θ), sum(plus: θ))
    }

    package func gaussNewtonProduct(_ v: [Float], structural: Double) throws -> [Float] {
        let weight = Float(structural / Double(sequences))
        _ = try map { [network] (part, _) throws(ExperimentError) in try part.product(network, v, structural: weight) }
        return sum(plus: v)
    }

    package func curvatureDiagonal(_ number: Int) -> [Float] {
        let random = RandomSource(seed: seed).stream(1, number)
        _ = map { [network] part, index in part.factor(network, random.stream(index)) }
        var result = [Float](repeating: 0, count: network.parameters.values.count)
        // Add the squares of the parts' gradients, not the gradients.
        for part in parallel.parts {
            var gradient = [Float](repeating: 0, count: result.count)
            part.addGradient(to: &gradient)
            for i in result.indices { result[i] += gradient[i] * gradient[i] }
        }
        for entry in network.parameters.entries where entry.shape.isWeight {
            for i in entry.range { result[i] += decay }
        }
        return result
    }

    private func map<Result: Sendable & BitwiseCopyable, Failure: Error>(
        _ work: @Sendable (PartMemory, Int) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        try parallel.map(parallel.parts.count, work)
    }

    /// The sum of the parts' gradients and of the penalty's gradient, λx for weights.
    private func sum(plus x: [Float]) -> [Float] {
        var total = [Float](repeating: 0, count: x.count)
        parallel.sum(parallel.parts.count, into: &total)
        guard decay > 0 else { return total }
        for entry in network.parameters.entries where entry.shape.isWeight {
            for i in entry.range { total[i] += decay * x[i] }
        }
        return total
    }

    private func penalty(_ θ: [Float]) -> Double {
        guard decay > 0 else { return 0 }
        let square = network.parameters.entries.filter(\.shape.isWeight).reduce(0.0) { sum, entry in
            θ[entry.range].reduce(sum) { $0 + Double($1) * Double($1) }
        }
        return 0.5 * Double(decay) * square
    }
}

/// One part with its working memory.
///
/// Unchecked: each part is used by only one worker at a time, and parts are read after all workers have finished.
private final class PartMemory: GradientPart, @unchecked Sendable {
    private let part: NetworkObjective.Part
    private let memory: NetworkMemory
    private let pass: Pass

    init(_ part: NetworkObjective.Part, _ network: Network, _ pass: Pass) {
        self.part = part
        self.pass = pass
        memory = network.makeMemory()
    }

    func loss(_ network: Network) -> Double {
        var output = memory.forward(network, part.input, pass)
        return part.loss.gradient(&output)
    }

    func lossAndGradient(_ network: Network) -> Double {
        var output = memory.forward(network, part.input, pass)
        let loss = part.loss.gradient(&output)
        memory.backward(network, outputGradient: output, pass)
        return loss
    }

    func product(_ network: Network, _ v: [Float], structural: Float) throws(ExperimentError) {
        try memory.gaussNewtonProduct(network, part, pass, direction: v, structural: structural)
    }

    func factor(_ network: Network, _ random: RandomSource) {
        var random = random
        let output = memory.forward(network, part.input, pass)
        memory.backward(network, outputGradient: part.loss.curvatureFactor(output, using: &random), pass)
    }

    func addGradient(to total: inout [Float]) { memory.addGradient(to: &total) }
}
