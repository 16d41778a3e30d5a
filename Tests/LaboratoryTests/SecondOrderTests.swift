import StimmungLaboratory
import StimmungNetworks
import StimmungTensors
import Testing

@Suite struct SecondOrderTests {
    /// Rosenbrock's valley in 2 · n dimensions, where plain gradient descent takes tens of thousands of steps.
    private func valley(_ x: [Float]) -> (loss: Double, gradient: [Float]) {
        var (loss, gradient) = (0.0, [Float](repeating: 0, count: x.count))
        for i in stride(from: 0, to: x.count, by: 2) {
            let (a, b) = (Double(1 - x[i]), Double(x[i + 1] - x[i] * x[i]))
            loss += a * a + 100 * b * b
            gradient[i] = Float(-2 * a - 400 * b * Double(x[i]))
            gradient[i + 1] = Float(200 * b)
        }
        return (loss, gradient)
    }

    @Test func lbfgsFindsTheMinimumOfTheValley() throws {
        var iterations: [LBFGS.Iteration] = []
        let end = try LBFGS().minimise(
            from: [-1.2, 1, 0.5, -0.5, -1, 2], evaluate: valley, iterationDone: { step, _ in iterations.append(step) })
        for x in end { #expect(abs(x - 1) < 1e-3) }
        #expect(iterations.count < 80)
        #expect(zip(iterations, iterations.dropFirst()).allSatisfy { $0.0.loss >= $0.1.loss }, "the loss never rises")
    }

    /// The loss is NaN beyond a wall: steps end before it.
    @Test func lbfgsStaysWhereTheLossIsFinite() throws {
        let end = try LBFGS().minimise(from: [3]) { x in
            (x[0] > 0 ? Double(x[0]) - 2 * Double(x[0]).squareRoot() : .nan, [1 - 1 / max(x[0], 0).squareRoot()])
        }
        #expect(abs(end[0] - 1) < 1e-3)
        #expect(throws: TrainingError.diverged(epoch: 1)) { try LBFGS().minimise(from: [-1]) { _ in (.nan, [0]) } }
    }

    /// ½ Σ (Cx − d)², whose Gauss–Newton matrix CᵀC is the Hessian itself.
    private final class LeastSquares: CurvedObjective {
        let c: [[Double]]
        let d: [Double]

        init(rows: Int, columns: Int) {
            var random = RandomSource(seed: 1)
            // Columns of very different magnitude make it ill-conditioned.
            c = (0..<rows).map { _ in (0..<columns).map { Double(random.normal()) / Double(1 + $0 * $0) } }
            d = (0..<rows).map { _ in Double(random.normal()) }
        }

        private func times(_ x: [Float]) -> [Double] { c.map { zip($0, x).reduce(0) { $0 + $1.0 * Double($1.1) } } }
        private func transposed(_ r: [Double]) -> [Float] {
            c[0].indices.map { j in Float(zip(c, r).reduce(0) { $0 + $1.0[j] * $1.1 }) }
        }

        func loss(_ θ: [Float]) -> Double { zip(times(θ), d).reduce(0) { $0 + 0.5 * ($1.0 - $1.1) * ($1.0 - $1.1) } }
        func lossAndGradient(_ θ: [Float]) -> (loss: Double, gradient: [Float]) {
            (loss(θ), transposed(zip(times(θ), d).map { $0 - $1 }))
        }
        func gaussNewtonProduct(_ v: [Float], structural: Double) -> [Float] { transposed(times(v)) }
        func curvatureDiagonal(_ number: Int) -> [Float] { c[0].indices.map { j in Float(c.reduce(0) { $0 + $1[j] * $1[j] }) } }
    }

    @Test func hessianFreeSolvesAQuadraticInAFewIterations() throws {
        let objective = LeastSquares(rows: 60, columns: 12)
        var optimiser = HessianFree()
        optimiser.iterations = 40
        var iterations: [HessianFree.Iteration] = []
        let end = try optimiser.minimise(
            objective, from: [Float](repeating: 0, count: 12), iterationDone: { step, _ in iterations.append(step) })
        let (loss, gradient) = objective.lossAndGradient(end)
        #expect(gradient.allSatisfy { abs($0) < 2e-3 }, "\(gradient)")
        // The model is exact here, so the damping only decreases.
        #expect(try #require(iterations.last).damping < 0.1)
        let exact = try LBFGS().minimise(from: end, evaluate: objective.lossAndGradient)
        #expect(loss - objective.loss(exact) < 1e-4)
    }

    @Test func stopsAtTheTargetLoss() throws {
        let objective = LeastSquares(rows: 20, columns: 3)
        var optimiser = HessianFree()
        optimiser.target = objective.loss([0, 0, 0])
        var count = 0
        let end = try optimiser.minimise(objective, from: [0, 0, 0], iterationDone: { _, _ in count += 1 })
        #expect(end == [0, 0, 0] && count == 0)
    }
}
