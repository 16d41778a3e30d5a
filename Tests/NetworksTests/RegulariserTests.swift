import Foundation
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Testing

struct WeightNormTests {
    private func vector(_ count: Int, seed: UInt64) -> [Float] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in 2 * random.normal() }
    }

    private func norm(_ x: [Float], _ p: Float) -> Double {
        pow(x.reduce(0.0) { $0 + pow(Double(abs($1)), Double(p)) }, 1 / Double(p))
    }

    @Test(arguments: [Float(1), 1.01, 1.5, 2, 3, 7, 100]) func norms(p: Float) {
        let x = vector(20, seed: 1)
        #expect(abs(Double(WeightNorm.norm(x, p: p)) - norm(x, p)) < 1e-5 * norm(x, p))
        #expect(WeightNorm.norm([0, 0], p: p) == 0)
        // Powers that overflow single precision.
        #expect(abs(WeightNorm.norm([3e30, -4e30], p: p) / 1e30 - Float(norm([3, 4], p))) < 1e-4)
    }

    /// x is feasible and on the sphere, and w − x is ν times the gradient of the norm's power: the conditions for x to be the nearest
    /// point.
    @Test(arguments: [Float(1), 1.001, 1.2, 1.5, 2, 2.5, 4, 30, 100]) func projectionsFulfilTheKKTConditions(p: Float) {
        for (count, limit, seed) in [(2, 1, 1), (50, 3, 2), (1000, 0.1, 3), (1000, 20, 4)] as [(Int, Float, UInt64)] {
            let w = vector(count, seed: seed)
            var x = w
            WeightNorm.project(&x, p: p, limit: limit)
            guard norm(w, p) > Double(limit) else {
                #expect(x == w)
                continue
            }
            #expect(abs(norm(x, p) - Double(limit)) < 1e-4 * Double(limit), "p \(p): \(norm(x, p)) for \(limit)")
            var multipliers: [Double] = []
            for (x, w) in zip(x, w) {
                #expect(x == 0 || (x > 0) == (w > 0))
                let power = pow(Double(abs(x)) / Double(limit), Double(p) - 1)
                // If the power is far below 1, it vanishes in single precision.
                if x != 0, power > 1e-2 { multipliers.append(Double(abs(w) - abs(x)) / power) }
            }
            if let least = multipliers.min(), let most = multipliers.max() {
                #expect(most - least < 1e-3 * max(1, most), "p \(p), \(count): \(least) … \(most)")
            }
            if p == 1 {
                // All zeros are below the threshold.
                let threshold = multipliers.max() ?? 0
                for (x, w) in zip(x, w) where x == 0 { #expect(Double(abs(w)) <= threshold + 1e-5) }
            }
        }
    }

    /// Compares with a fine search of the circle ‖x‖_p = C.
    @Test(arguments: [Float(1), 1.1, 1.7, 2, 3, 10]) func projectionsInThePlaneAreTheNearest(p: Float) {
        for (number, w) in [[3, 1], [-2, 0.1], [0.9, -0.8], [0, 4]].enumerated() as EnumeratedSequence<[[Float]]> {
            var x = w
            WeightNorm.project(&x, p: p, limit: 0.7)
            func distance(_ a: Double, _ b: Double) -> Double { (pow(a - Double(w[0]), 2) + pow(b - Double(w[1]), 2)).squareRoot() }
            var best = Double.infinity
            for step in 0..<100_000 {
                let angle = 2 * Double.pi * Double(step) / 100_000
                let (a, b) = (cos(angle), sin(angle))
                let scale = 0.7 / pow(pow(abs(a), Double(p)) + pow(abs(b), Double(p)), 1 / Double(p))
                best = min(best, distance(a * scale, b * scale))
            }
            let own = distance(Double(x[0]), Double(x[1]))
            #expect(own <= best + 1e-5 && own >= best - 1e-4, "vector \(number)")
        }
    }

    @Test func vectorsInsideTheBallAreUnchanged() {
        let w: [Float] = [0.1, -0.2, 0]
        for p in [Float(1), 1.5, 2, 3] {
            var x = w
            WeightNorm.project(&x, p: p, limit: 0.31)
            #expect(x == w)
        }
    }
}

struct RegulariserTests {
    /// Frames of twenty columns: the first two determine the class, the others are noise.
    private func sequences() -> [LabelledSequence] {
        var random = RandomSource(seed: 1)
        return (0..<64).map { number in
            var frames = Matrix(rows: 20, columns: 20, elements: (0..<400).map { _ in random.normal() })
            for row in 0..<20 {
                frames[row, 0] += number % 2 == 0 ? 1 : -1
                frames[row, 1] += number % 2 == 0 ? -1 : 1
            }
            return LabelledSequence(frames: frames, label: number % 2)
        }
    }

    private func trained(_ kind: OptimiserKind, _ regularisers: [Regulariser], epochs: Int = 40, threads: Int = 1) throws -> Network {
        var network = Network([Dense(inputs: 20, outputs: 6), ActivationLayer(.tanh, units: 6), Dense(inputs: 6, outputs: 2)], seed: 1)
        var options = TrainingOptions()
        options.epochs = epochs
        options.batch = 32
        options.optimiser = .init(kind: kind, weightDecay: 0)
        options.learningRate = kind == .sgd ? 0.05 : 0.01
        options.schedule = .constant
        options.regularisers = regularisers
        try Trainer(options, classes: 2, workers: Workers(threads: threads)).train(&network, on: sequences())
        return network
    }

    private func accuracy(_ network: Network) throws -> Double {
        let sequences = sequences()
        let logs = try network.logPosteriors(of: sequences.map(\.frames), workers: Workers(threads: 1))
        let right = zip(sequences, logs).reduce(0) { sum, pair in
            sum + (0..<20).filter { pair.1[$0, pair.0.label] > pair.1[$0, 1 - pair.0.label] }.count
        }
        return Double(right) / Double(sequences.count * 20)
    }

    /// λ has the same meaning for both optimisers: weights of noise columns become exactly 0, those of informative columns stay.
    @Test(arguments: OptimiserKind.allCases) func anL1PenaltyMakesWeightsZero(kind: OptimiserKind) throws {
        let plain = try trained(kind, [])
        let sparse = try trained(kind, [Regulariser(.penalty(0.02), p: 1)])
        func zeros(_ network: Network) throws -> [Bool] { try #require(network.parameters["0.W"]).elements.map { $0 == 0 } }
        #expect(try zeros(plain).filter { $0 }.isEmpty)
        let found = try zeros(sparse)
        #expect(found.filter { $0 }.count >= 90, "\(found.filter { $0 }.count) of 120 zeros")
        #expect(found.indices.contains { $0 % 20 < 2 && !found[$0] })
        #expect(try accuracy(sparse) > 0.9)
        // Biases are not regularised.
        #expect(try #require(sparse.parameters["2.b"]).elements.allSatisfy { $0 != 0 })
    }

    @Test func onlyTheChosenLayersAreShrunk() throws {
        let network = try trained(.adam, [Regulariser(.penalty(10), p: 1, layers: [2])], epochs: 3)
        #expect(try #require(network.parameters["2.W"]).elements.allSatisfy { $0 == 0 })
        #expect(try #require(network.parameters["0.W"]).elements.allSatisfy { $0 != 0 })
    }

    @Test(arguments: [Float(1), 1.5, 2, 4]) func aLimitHolds(p: Float) throws {
        let free = try trained(.adam, [], epochs: 10)
        let limited = try trained(.adam, [Regulariser(.limit(1), p: p)], epochs: 10)
        for name in ["0.W", "2.W"] {
            #expect(WeightNorm.norm(try #require(free.parameters[name]).elements, p: p) > 1)
            #expect(WeightNorm.norm(try #require(limited.parameters[name]).elements, p: p) < 1.0001)
        }
    }

    /// A step of gradient descent on λ ‖w‖_p alone: with all frames zero, the loss has a gradient only for biases.
    @Test(arguments: [Float(1.5), 2, 3]) func aPenaltyDescendsItsGradient(p: Float) throws {
        var network = Network([Dense(inputs: 3, outputs: 2)], seed: 1)
        let before = try #require(network.parameters["0.W"]).elements
        var options = TrainingOptions()
        options.epochs = 1
        options.optimiser = .init(kind: .sgd, weightDecay: 0)
        options.schedule = .constant
        options.learningRate = 0.1
        options.clip = 100
        options.regularisers = [Regulariser(.penalty(0.5), p: p)]
        let silence = [LabelledSequence(frames: Matrix(rows: 4, columns: 3), label: 0)]
        try Trainer(options, classes: 2, workers: Workers(threads: 1)).train(&network, on: silence)
        let after = try #require(network.parameters["0.W"]).elements
        func objective(_ w: [Double]) -> Double { 0.5 * pow(w.reduce(0) { $0 + pow(abs($1), Double(p)) }, 1 / Double(p)) }
        for i in before.indices {
            var (above, below) = (before.map(Double.init), before.map(Double.init))
            above[i] += 1e-4
            below[i] -= 1e-4
            let slope = (objective(above) - objective(below)) / 2e-4
            #expect(abs(Double(before[i] - after[i]) - 0.1 * slope) < 1e-5)
        }
    }

    @Test func theSameBitsForAnyNumberOfThreads() throws {
        let regularisers = [
            Regulariser(.penalty(0.01), p: 1), Regulariser(.limit(2), p: 1.5, layers: [0]), Regulariser(.penalty(0.1), p: 3),
        ]
        let one = try trained(.adam, regularisers, epochs: 3)
        #expect(try trained(.adam, regularisers, epochs: 3, threads: 3).parameters == one.parameters)
    }
}
