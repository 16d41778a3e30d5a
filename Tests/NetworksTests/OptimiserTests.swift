import Foundation
import StimmungNetworks
import Testing

/// Checks the optimisers against their equations in double precision, over several steps.
struct OptimiserTests {
    /// A dense layer with 3 × 2 weights, which decay, and 2 biases, which do not.
    private func start() -> Network { Network([Dense(inputs: 3, outputs: 2)], seed: 1) }

    private func gradient(_ step: Int) -> [Float] { (0..<8).map { Float(sin(Double($0 * 7 + step * 3))) } }

    @Test func adamWithDecoupledDecay() {
        var parameters = start().parameters
        var optimiser = Optimiser(Optimiser.Options(kind: .adam, weightDecay: 0.1), parameters: 8)
        var expected = parameters.values.map(Double.init)
        var (mean, square) = ([Double](repeating: 0, count: 8), [Double](repeating: 0, count: 8))
        for step in 1...5 {
            let g = gradient(step)
            optimiser.step(&parameters, gradient: g, learningRate: 0.01)
            for i in 0..<8 {
                mean[i] = 0.9 * mean[i] + 0.1 * Double(g[i])
                square[i] = 0.999 * square[i] + 0.001 * Double(g[i]) * Double(g[i])
                let corrected = mean[i] / (1 - pow(0.9, Double(step)))
                let root = (square[i] / (1 - pow(0.999, Double(step)))).squareRoot()
                expected[i] -= 0.01 * (corrected / (root + 1e-8) + (i < 6 ? 0.1 * expected[i] : 0))
            }
        }
        for (ours, exact) in zip(parameters.values, expected) { #expect(abs(Double(ours) - exact) < 1e-5) }
    }

    @Test func descentWithMomentum() {
        var parameters = start().parameters
        var optimiser = Optimiser(Optimiser.Options(kind: .sgd, momentum: 0.8, weightDecay: 0.1), parameters: 8)
        var expected = parameters.values.map(Double.init)
        var velocity = [Double](repeating: 0, count: 8)
        for step in 1...5 {
            let g = gradient(step)
            optimiser.step(&parameters, gradient: g, learningRate: 0.05)
            for i in 0..<8 {
                velocity[i] = 0.8 * velocity[i] + Double(g[i]) + (i < 6 ? 0.1 * expected[i] : 0)
                expected[i] -= 0.05 * velocity[i]
            }
        }
        for (ours, exact) in zip(parameters.values, expected) { #expect(abs(Double(ours) - exact) < 1e-5) }
    }

    @Test func clippingKeepsTheDirection() {
        var gradient: [Float] = [3, 0, -4]
        #expect(clip(&gradient, norm: 10) == 5)
        #expect(gradient == [3, 0, -4])
        #expect(clip(&gradient, norm: 1) == 5)
        for (ours, exact) in zip(gradient, [0.6, 0, -0.8]) { #expect(abs(Double(ours) - exact) < 1e-6) }
    }

    @Test func schedulesStartPeakAndEndAsDefined() {
        #expect(Schedule.constant.factor(step: 7, of: 100) == 1)
        #expect(Schedule.cosine.factor(step: 0, of: 100) == 1)
        #expect(abs(Schedule.cosine.factor(step: 50, of: 100) - 0.5) < 1e-6)
        let cycle = (0..<201).map { Schedule.oneCycle.factor(step: $0, of: 201) }
        #expect(abs(cycle[0] - 0.04) < 1e-6)
        #expect(cycle.max() == cycle[30] && abs(cycle[30] - 1) < 1e-6)
        #expect(cycle[200] < 1e-5)
    }
}
