import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Trains a small recurrent network on the adding problem, with new sequences at every update, and measures its error on held-out
/// sequences.
///
///     var experiment = AddingExperiment(steps: 100)
///     experiment.network = .rnn
///     let result = try experiment.run()
///     print(result.error, result.baseline)
package struct AddingExperiment: Sendable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Peephole LSTM.
        case lstm
        /// The plain recurrent network with tanh.
        case rnn
    }

    /// The training method.
    package enum Method: String, Sendable, Codable, CaseIterable {
        case sgd, adam
        /// `HessianFree`; an update is one of its iterations.
        case hessianFree = "hessian-free"
    }

    package var network = Kind.lstm
    /// Sequence length T.
    package var steps: Int
    package var cells = 32
    /// Sequences per update, new ones each time. Hessian-free optimisation uses the same sequences in all updates and needs many more.
    package var batch = 32
    /// Maximum number of updates.
    package var updates = 10_000
    /// The training method, without weight decay.
    package var method = Method.adam
    /// Constant learning rate; unused by Hessian-free optimisation.
    package var learningRate: Float = 0.01
    /// Maximum norm of the gradient per update.
    package var clip: Float = 1
    /// Steps of truncated back-propagation; nil for full back-propagation.
    package var truncation: Int?
    /// Mean squared error on the held-out sequences at which the problem counts as solved and training ends.
    package var goal = 0.01
    /// Scale of the initial recurrent weights. About √3 gives a spectral radius of 1, so that the state neither fades nor explodes at
    /// first.
    package var recurrentScale: Float = 1
    /// μ of the structural damping in Hessian-free optimisation.
    package var structuralDamping = 0.03
    /// Threads for Hessian-free optimisation; the result does not depend on their number.
    package var workers = Workers(threads: 1)
    /// Random seed of the initial weights and of all sequences.
    package var seed: UInt64 = 0
    /// Checked at every update.
    package var cancellation = Cancellation()

    package init(steps: Int) {
        self.steps = steps
    }

    /// Number of held-out sequences, and of updates between measurements.
    static let (heldOut, interval) = (1000, 100)

    package struct Measurement: Sendable, Codable, Equatable {
        package let update: Int
        /// Mean squared error on the held-out sequences.
        package let error: Double
    }

    package struct Result: Sendable, Codable, Equatable {
        /// One before the first update, then one every 100 updates.
        package var measurements: [Measurement]
        package var reachedGoal: Bool
        /// Mean squared error on the held-out sequences of the constant answer 1, the mean; its expectation is `AddingProblem.baseline`.
        package let baseline: Double

        /// The last measurement.
        package var error: Double { measurements.last?.error ?? .nan }
        package var updates: Int { measurements.last?.update ?? 0 }
    }

    /// - Parameter measured: called after each measurement.
    /// - Throws: `ExperimentError` if training fails, `Cancelled` if a stop is requested.
    package func run(measured: (Measurement) -> Void = { _ in }) throws -> Result { try train(measured: measured).result }

    /// Like `run`, but also returns the trained network.
    package func train(measured: (Measurement) -> Void = { _ in }) throws -> (result: Result, network: Network) {
        let random = RandomSource(seed: seed)
        let problem = AddingProblem(steps: steps)
        var network = start(random)
        var heldOutRandom = random.stream(1)
        let heldOut = (0..<Self.heldOut / 100).map { _ in problem.examples(100, using: &heldOutRandom) }
        let memory = network.makeMemory()
        var result = Result(
            measurements: [], reachedGoal: false,
            baseline: heldOut.flatMap(\.targets).reduce(0) { $0 + Double(($1 - 1) * ($1 - 1)) } / Double(Self.heldOut))
        /// Whether to continue.
        func measure(_ network: Network, _ update: Int) throws -> Bool {
            let measurement = Measurement(update: update, error: error(of: network, memory, heldOut))
            guard measurement.error.isFinite else { throw ExperimentError.diverged(update: update) }
            result.measurements.append(measurement)
            measured(measurement)
            result.reachedGoal = measurement.error < goal
            return !result.reachedGoal
        }
        if method == .hessianFree {
            try solveHessianFree(&network, problem, random, measure)
        } else {
            try descend(&network, problem, random, measure)
        }
        return (result, network)
    }

    /// The network before training.
    func start() -> Network { start(RandomSource(seed: seed)) }

    private func start(_ random: RandomSource) -> Network {
        var network = Network([layer, Dense(inputs: cells, outputs: 1)], seed: random.stream(0).firstValue)
        for entry in network.parameters.entries where entry.shape.name == "W_h" {
            for i in entry.range { network.parameters.values[i] *= recurrentScale }
        }
        return network
    }

    /// Gradient descent on new sequences at every update.
    private func descend(
        _ network: inout Network, _ problem: AddingProblem, _ random: RandomSource, _ measure: (Network, Int) throws -> Bool
    ) throws {
        let memory = network.makeMemory()
        var training = random.stream(2)
        var optimiser = Optimiser(
            Optimiser.Options(kind: method == .sgd ? .sgd : .adam, weightDecay: 0), parameters: network.parameters.values.count)
        var gradient = [Float](repeating: 0, count: network.parameters.values.count)
        for update in 0...updates {
            if update % Self.interval == 0 || update == updates, try !measure(network, update) { break }
            if update == updates { break }
            try cancellation.check()
            let examples = problem.examples(batch, using: &training)
            let pass = Pass(batch: examples.batch, phase: .training)
            var output = memory.forward(network, examples.input, pass)
            _ = examples.loss.gradient(&output)
            memory.backward(network, outputGradient: output, pass)
            gradient.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
            memory.addGradient(to: &gradient)
            guard StimmungNetworks.clip(&gradient, norm: clip).isFinite else { throw ExperimentError.diverged(update: update + 1) }
            optimiser.step(&network.parameters, gradient: gradient, learningRate: learningRate)
        }
    }

    /// Hessian-free optimisation on `batch` sequences.
    private func solveHessianFree(
        _ network: inout Network, _ problem: AddingProblem, _ random: RandomSource, _ measure: (Network, Int) throws -> Bool
    ) throws {
        struct Done: Error {}
        var training = random.stream(2)
        // Parts of about a hundred sequences keep the matrix products large.
        let count = max(1, batch / 100)
        let parts = (0..<count).map { number in
            let examples = problem.examples((number + 1) * batch / count - number * batch / count, using: &training)
            return NetworkObjective.Part(
                input: examples.input, batch: examples.batch, loss: examples.loss.weighted(by: Float(examples.targets.count) / Float(batch))
            )
        }
        let objective = NetworkObjective(network, parts: parts, workers: workers)
        var optimiser = HessianFree()
        optimiser.iterations = updates
        optimiser.structuralDamping = structuralDamping
        let start = network.parameters.values
        do {
            guard try measure(network, 0) else { return }
            _ = try optimiser.minimise(objective, from: start) { iteration, θ in
                network.parameters.values = θ
                if try !measure(network, iteration.number) { throw Done() }
                try cancellation.check()
            }
        } catch TrainingError.diverged(let iteration) {
            throw ExperimentError.diverged(update: iteration)
        } catch is Done {
        }
    }

    private var layer: any Layer {
        switch network {
        case .lstm: LSTM(inputs: 2, cells: cells, truncation: truncation)
        case .rnn: RNN(inputs: 2, cells: cells, truncation: truncation)
        }
    }

    /// The mean squared error on the held-out sequences.
    private func error(of network: Network, _ memory: NetworkMemory, _ examples: [AddingProblem.Examples]) -> Double {
        let sum = examples.reduce(0) { sum, examples in
            var outputs = memory.forward(network, examples.input, Pass(batch: examples.batch, phase: .inference))
            return sum + examples.loss.gradient(&outputs) * Double(examples.targets.count)
        }
        return sum / Double(Self.heldOut)
    }
}
