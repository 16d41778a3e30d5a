import Tensors

/// Trains a small recurrent network on the adding problem, on fresh sequences at every update, and measures it on held-out ones.
///
///     var experiment = AddingExperiment(steps: 100)
///     experiment.network = .rnn
///     let result = try experiment.run()
///     print(result.error, result.baseline)
public struct AddingExperiment: Sendable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Peephole LSTM.
        case lstm
        /// The plain recurrent network with tanh.
        case rnn
    }

    public var network = Kind.lstm
    /// T
    public var steps: Int
    public var cells = 32
    /// Sequences an update.
    public var batch = 32
    /// Updates after which training ends without success.
    public var updates = 10_000
    /// Without weight decay.
    public var optimiser = OptimiserKind.adam
    /// Constant.
    public var learningRate: Float = 0.01
    /// Largest norm of an update's gradient.
    public var clip: Float = 1
    /// Steps of truncated back-propagation; nil is the full one.
    public var truncation: Int?
    /// Mean squared error on the held-out sequences at which training ends with success.
    public var goal = 0.01
    /// Fixes the network's start and all sequences.
    public var seed: UInt64 = 0

    public init(steps: Int) {
        self.steps = steps
    }

    /// Held-out sequences, and updates from one measurement to the next.
    private static let (heldOut, interval) = (1000, 100)

    public struct Measurement: Sendable, Codable, Equatable {
        public let update: Int
        /// Mean squared error on the held-out sequences.
        public let error: Double
    }

    public struct Result: Sendable, Codable, Equatable {
        /// One before the first update, then one every 100.
        public var measurements: [Measurement]
        public var reachedGoal: Bool
        /// Mean squared error on the held-out sequences of always answering 1, the mean; `AddingProblem.baseline` is its expectation.
        public let baseline: Double

        /// The last measurement.
        public var error: Double { measurements.last?.error ?? .nan }
        public var updates: Int { measurements.last?.update ?? 0 }
    }

    /// - Parameters:
    ///   - shouldStop: asked at every update.
    ///   - measured: called after each measurement.
    /// - Throws: `ExperimentError`.
    public func run(
        shouldStop: @Sendable () -> Bool = { false }, measured: (Measurement) -> Void = { _ in }
    ) throws(ExperimentError) -> Result {
        let random = RandomSource(seed: seed)
        let problem = AddingProblem(steps: steps)
        var network = Network([layer, Dense(inputs: cells, outputs: 1)], seed: random.stream(0).firstValue)
        let memory = network.makeMemory()
        var heldOutRandom = random.stream(1)
        let heldOut = (0..<Self.heldOut / 100).map { _ in problem.examples(100, using: &heldOutRandom) }
        var training = random.stream(2)
        var optimiser = Optimiser(
            Optimiser.Options(kind: optimiser, weightDecay: 0), parameters: network.parameters.values.count)
        var result = Result(
            measurements: [], reachedGoal: false,
            baseline: heldOut.flatMap(\.targets).reduce(0) { $0 + Double(($1 - 1) * ($1 - 1)) } / Double(Self.heldOut))
        var gradient = [Float](repeating: 0, count: network.parameters.values.count)
        var outputGradient = Matrix(rows: 0, columns: 1)
        for update in 0...updates {
            if update % Self.interval == 0 || update == updates {
                let measurement = Measurement(update: update, error: error(of: network, memory, heldOut))
                guard measurement.error.isFinite else { throw .diverged(update: update) }
                result.measurements.append(measurement)
                measured(measurement)
                result.reachedGoal = measurement.error < goal
                if result.reachedGoal { break }
            }
            if update == updates { break }
            if shouldStop() { throw .interrupted }
            let examples = problem.examples(batch, using: &training)
            let pass = Pass(batch: examples.batch, phase: .training)
            _ = examples.squaredError(memory.forward(network, examples.input, pass), gradient: &outputGradient)
            memory.backward(network, outputGradient: outputGradient, pass)
            gradient.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
            memory.addGradient(to: &gradient)
            guard Networks.clip(&gradient, norm: clip).isFinite else { throw .diverged(update: update + 1) }
            optimiser.step(&network.parameters, gradient: gradient, learningRate: learningRate)
        }
        return result
    }

    private var layer: any Layer {
        switch network {
        case .lstm: LSTM(inputs: 2, cells: cells, truncation: truncation)
        case .rnn: RNN(inputs: 2, cells: cells, truncation: truncation)
        }
    }

    /// The mean squared error on the held-out sequences.
    private func error(of network: Network, _ memory: NetworkMemory, _ examples: [AddingProblem.Examples]) -> Double {
        var unused = Matrix(rows: 0, columns: 1)
        let sum = examples.reduce(0) { sum, examples in
            let outputs = memory.forward(network, examples.input, Pass(batch: examples.batch, phase: .inference))
            return sum + examples.squaredError(outputs, gradient: &unused)
        }
        return sum / Double(Self.heldOut)
    }
}

/// Why an experiment ended without a result.
public enum ExperimentError: Error, Equatable, CustomStringConvertible, Sendable {
    case interrupted
    /// The error or the gradient became infinite or NaN at this update.
    case diverged(update: Int)

    public var description: String {
        switch self {
        case .interrupted: "The experiment was interrupted."
        case .diverged(let update):
            "The training diverged at update \(update): the error is no longer a number. Take a lower learning rate, or a smaller clip."
        }
    }
}
