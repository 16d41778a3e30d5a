import StimmungSupport
import StimmungTensors

/// The steps of one training run: a machine's parameters and the state of their updates.
final class LearningRun {
    private(set) var parameters: [Float]
    private(set) var velocity: [Float]
    private let options: LearningOptions
    private let data: LearningData
    private let machine: BoltzmannMachine
    private let cancellation: Cancellation
    private let workers: Workers
    /// Frames of a full batch.
    private let rows: Int
    private let batch: ContrastiveBatch

    init(_ state: LearningState, _ learning: ContrastiveDivergence, _ data: LearningData) throws(BoltzmannError) {
        let options = learning.options
        parameters = state.machine.parameters
        velocity = state.velocity
        self.options = options
        self.data = data
        cancellation = learning.cancellation
        workers = learning.workers
        machine = state.machine
        rows = min(options.batch, data.windows.count)
        let chains = options.isPersistent ? state.chains : []
        guard chains.isEmpty || chains.count == rows * machine.visible else {
            throw .stateDoesNotFit(reason: "it has a different number of persistent chains")
        }
        batch = ContrastiveBatch(machine, options, rows: rows, chains: chains, workers: learning.workers)
    }

    /// The frames of the persistent chains, V values each.
    var chains: [Float] { batch.chains }

    /// One pass over the frames, in random order.
    ///
    /// - Returns: the mean squared reconstruction error.
    /// - Throws: `BoltzmannError.diverged` if learning diverges, `Cancelled` if it is cancelled.
    func epoch(_ epoch: Int) throws -> Double {
        let random = RandomSource(seed: options.seed).stream(epoch)
        var shuffle = random.stream(0)
        let order = shuffle.permutation(data.windows.count)
        let steps = (order.count + rows - 1) / rows
        var total = 0.0
        for step in 0..<steps {
            try workers.check(cancellation)
            let numbers = order[step * rows..<min((step + 1) * rows, order.count)]
            let error = batch.run(parameters, data.windows, numbers, random.stream(1, step))
            try check(error / Double(numbers.count * machine.visible), epoch)
            total += error
            let factor = options.schedule.factor(step: epoch * steps + step, of: options.epochs * steps)
            batch.step(
                &parameters, &velocity,
                ContrastiveBatch.Step(
                    rate: factor * options.learningRate,
                    momentum: epoch < options.momentumEpochs ? options.startMomentum : options.momentum, decay: options.weightDecay))
        }
        try checkWeights(epoch)
        return total / Double(order.count * machine.visible)
    }

    /// Mean squared error, for data of about unit variance, at which learning counts as diverged.
    private static let explosion = 100.0
    /// Root mean square of the weights at which every unit is saturated for any frame. Errors of binary units cannot show this, because
    /// they never exceed 1.
    private static let largestWeight = 30.0

    private func check(_ error: Double, _ epoch: Int) throws(BoltzmannError) {
        guard error.isFinite else { throw .diverged(epoch: epoch + 1, reason: "the reconstruction error is NaN or infinite") }
        let limit = Self.explosion * max(data.meanSquare, 1)
        guard error <= limit else {
            throw .diverged(epoch: epoch + 1, reason: "the mean squared reconstruction error rose above \(limit)")
        }
    }

    private func checkWeights(_ epoch: Int) throws(BoltzmannError) {
        guard areFinite(parameters) else { throw .diverged(epoch: epoch + 1, reason: "a parameter is NaN or infinite") }
        let weights = parameters[machine.layout.weights]
        let square = weights.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(weights.count)
        guard square.squareRoot() <= Self.largestWeight else {
            throw .diverged(epoch: epoch + 1, reason: "the root mean square of the weights rose above \(Self.largestWeight)")
        }
    }
}
