import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Compares first- and second-order methods on the same frame classifier, initial weights and frames.
///
///     let comparison = OptimiserComparison(seed: 0)
///     for curve in try comparison.run(on: frames) { print(curve.name, curve.points.last!.loss) }
///
/// A pass reads all frames once. SGD and Adam make one pass per epoch, in minibatches. L-BFGS makes one pass per gradient, including those
/// of its line search. Hessian-free makes one pass per gradient, Gauss–Newton product, estimate of the diagonal, and loss evaluated to
/// choose a step. The loss is the mean over all frames after the pass. For SGD and Adam, the time to measure it is excluded.
package struct OptimiserComparison: Sendable {
    package enum Method: String, Sendable, Codable, CaseIterable {
        case sgd, adam
        case lbfgs = "l-bfgs"
        case hessianFree = "hessian-free"
    }

    package var classifier = FrameClassifier(layers: 2, units: 128, unit: .tanh)
    package var methods = Method.allCases
    /// Maximum number of passes per method.
    package var passes = 200
    /// Frames per step of SGD and Adam.
    package var batch = 128
    /// Learning rates to try; the one with the lowest final training loss is reported.
    package var sgdRates: [Float] = [0.01, 0.03, 0.1]
    package var adamRates: [Float] = [0.0003, 0.001, 0.003]
    /// Random seed of the initial weights and of the order of frames.
    package var seed: UInt64 = 0
    package var workers = Workers()
    /// Checked at every step.
    package var cancellation = Cancellation()

    package init(seed: UInt64 = 0) {
        self.seed = seed
    }

    package struct Point: Sendable, Equatable, Codable {
        package let passes: Int
        /// The only value that differs between runs.
        package let seconds: Double
        package let loss: Double
    }

    package struct Curve: Sendable, Equatable, Codable {
        package let method: Method
        /// The chosen learning rate; nil for methods without one.
        package let rate: Float?
        /// The points of the curve, starting before training.
        package let points: [Point]

        package var name: String {
            switch method {
            case .sgd: "SGD with momentum"
            case .adam: "Adam"
            case .lbfgs: "L-BFGS"
            case .hessianFree: "Hessian-free"
            }
        }

        package var finalLoss: Double { points.last?.loss ?? .infinity }

        /// The last loss measured by then.
        package func loss(afterPasses passes: Int) -> Double? { points.last { $0.passes <= passes }?.loss }
        package func loss(afterSeconds seconds: Double) -> Double? { points.last { $0.seconds <= seconds }?.loss }
    }

    /// - Parameter progress: called with the number of completed passes, the total and the method.
    /// - Throws: `ExperimentError` if a method fails at all its rates, `Cancelled` if a stop is requested.
    package func run(
        on frames: LabelledFrames, progress: (Int, Int, Method) -> Void = { _, _, _ in }
    ) throws -> [Curve] {
        let start = classifier.network(inputs: frames.input.columns, classes: frames.classes, seed: seed)
        let startLoss = frames.measure(start, workers: workers).loss
        let total = passes * methods.reduce(0) { $0 + max(1, rates(of: $1).count) }
        var done = 0
        return try methods.map { method in
            var failure = ExperimentError.diverged(update: 1)
            let curves: [Curve] = try rates(of: method).compactMap { rate in
                let began = done
                defer { done = began + passes }
                var points = [Point(passes: 0, seconds: 0, loss: startLoss)]
                func add(_ point: Point) {
                    points.append(point)
                    progress(began + point.passes, total, method)
                }
                do {
                    if let rate {
                        try descend(method, rate, start, frames, add)
                    } else {
                        try minimise(method, start, frames, add)
                    }
                } catch ExperimentError.diverged(let update) {
                    // The method fails only if it diverges at every rate.
                    failure = .diverged(update: update)
                    return nil
                }
                return Curve(method: method, rate: rate, points: points)
            }
            guard let best = curves.min(by: { $0.finalLoss < $1.finalLoss }) else { throw failure }
            return best
        }
    }

    private func rates(of method: Method) -> [Float?] {
        switch method {
        case .sgd: sgdRates
        case .adam: adamRates
        case .lbfgs, .hessianFree: [nil]
        }
    }

    private func descend(
        _ method: Method, _ rate: Float, _ start: Network, _ frames: LabelledFrames, _ add: (Point) -> Void
    ) throws {
        var descent = MinibatchDescent(learningRate: rate, batch: batch, seed: RandomSource(seed: seed).stream(1).firstValue)
        descent.optimiser = .init(kind: method == .sgd ? .sgd : .adam, momentum: 0.9, weightDecay: 0)
        descent.cancellation = cancellation
        var network = start
        var watch = ContinuousClock.now
        var seconds = 0.0
        try descent.run(&network, on: frames, passes: passes) { number, network in
            seconds += watch.duration(to: .now) / .seconds(1)
            let loss = frames.measure(network, workers: workers).loss
            guard loss.isFinite else { throw ExperimentError.diverged(update: number) }
            add(Point(passes: number, seconds: seconds, loss: loss))
            watch = .now
        }
    }

    private func minimise(
        _ method: Method, _ start: Network, _ frames: LabelledFrames, _ add: (Point) -> Void
    ) throws {
        let objective = CountedObjective(
            frames.objective(start, workers: workers, seed: seed), limit: passes, cancellation: cancellation)
        let began = ContinuousClock.now
        func point(_ loss: Double) -> Point {
            Point(passes: objective.passes, seconds: began.duration(to: .now) / .seconds(1), loss: loss)
        }
        do {
            if method == .lbfgs {
                var optimiser = LBFGS()
                optimiser.iterations = passes
                _ = try optimiser.minimise(from: start.parameters.values, evaluate: objective.lossAndGradient) { iteration, _ in
                    add(point(iteration.loss))
                }
            } else {
                var optimiser = HessianFree()
                optimiser.iterations = passes
                _ = try optimiser.minimise(objective, from: start.parameters.values) { iteration, _ in add(point(iteration.loss)) }
            }
        } catch is CountedObjective.LimitReached {
        } catch TrainingError.diverged(let update) { throw ExperimentError.diverged(update: update) }
    }
}

/// An objective that counts passes over all frames and throws at a limit.
private final class CountedObjective: CurvedObjective {
    struct LimitReached: Error {}

    private let objective: NetworkObjective
    private let limit: Int
    private let cancellation: Cancellation
    private(set) var passes = 0

    init(_ objective: NetworkObjective, limit: Int, cancellation: Cancellation) {
        self.objective = objective
        self.limit = limit
        self.cancellation = cancellation
    }

    private func count() throws {
        try cancellation.check()
        if passes == limit { throw LimitReached() }
        passes += 1
    }

    func lossAndGradient(_ θ: [Float]) throws -> (loss: Double, gradient: [Float]) {
        try count()
        return objective.lossAndGradient(θ)
    }

    func loss(_ θ: [Float]) throws -> Double {
        try count()
        return objective.loss(θ)
    }

    func gaussNewtonProduct(_ v: [Float], structural: Double) throws -> [Float] {
        try count()
        return try objective.gaussNewtonProduct(v, structural: structural)
    }

    func curvatureDiagonal(_ number: Int) throws -> [Float] {
        try count()
        return objective.curvatureDiagonal(number)
    }
}
