import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// First- and second-order methods on one and the same task: a frame classifier, its start and its frames.
///
///     let comparison = OptimiserComparison(seed: 0)
///     for curve in try comparison.run(on: frames) { print(curve.name, curve.points.last!.loss) }
///
/// A pass is one walk of the method over all frames. SGD and Adam make one pass an epoch, in small batches. L-BFGS makes one for each gradient,
/// those of its line search among them; Hessian-free makes one for each gradient, each Gauss–Newton product, each estimate of the diagonal and each
/// loss that it asks for to choose a step. The loss is the mean over all frames after the pass; the time that SGD and Adam need to be measured
/// so does not count.
package struct OptimiserComparison: Sendable {
    package enum Method: String, Sendable, Codable, CaseIterable {
        case sgd, adam
        case lbfgs = "l-bfgs"
        case hessianFree = "hessian-free"
    }

    package var classifier = FrameClassifier(layers: 2, units: 128, unit: .tanh)
    package var methods = Method.allCases
    /// After which each method ends.
    package var passes = 200
    /// Frames a step of SGD and Adam.
    package var batch = 128
    /// Learning rates of which the one with the lowest training loss at the end is shown.
    package var sgdRates: [Float] = [0.01, 0.03, 0.1]
    package var adamRates: [Float] = [0.0003, 0.001, 0.003]
    /// Random seed of the start and the order of frames.
    package var seed: UInt64 = 0
    package var workers = Workers()
    /// Checked at every step.
    package var cancellation = Cancellation()

    package init(seed: UInt64 = 0) {
        self.seed = seed
    }

    package struct Point: Sendable, Equatable, Codable {
        package let passes: Int
        /// The only figure that is another in each run.
        package let seconds: Double
        package let loss: Double
    }

    package struct Curve: Sendable, Equatable, Codable {
        package let method: Method
        /// The rate that was chosen; nil for methods without one.
        package let rate: Float?
        /// The first is the start.
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

        /// The last loss known by then.
        package func loss(afterPasses passes: Int) -> Double? { points.last { $0.passes <= passes }?.loss }
        package func loss(afterSeconds seconds: Double) -> Double? { points.last { $0.seconds <= seconds }?.loss }
    }

    /// - Parameter progress: called with the passes done, of how many in all, and the method.
    /// - Throws: `ExperimentError`, `Cancelled`.
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
                    // Too high a rate is not the method's failure while another one is left.
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

/// An objective that counts the passes over all frames and ends at a limit.
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
