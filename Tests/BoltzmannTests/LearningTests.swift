import Foundation
import StimmungBoltzmann
import StimmungLaboratory
import StimmungSupport
import StimmungTensors
import Testing

/// Tests of learning, by exact likelihood or prediction error.
struct LearningTests {
    /// The mean CD-k gradient approaches that of the likelihood as k grows.
    @Test(arguments: kinds) func contrastiveDivergenceTendsToTheGradient(units: VisibleUnits, order: Int) throws {
        let machine = machine(units, visible: 5, hidden: 4, order: order, scale: units == .binary ? 1 : 0.7, seed: 3)
        let few = windows(of: machine, 8, seed: 5)
        let exact = try machine.logLikelihoodGradient(few)
        let many = 3000
        func rows(_ x: Matrix) -> Matrix {
            Matrix(rows: x.rows * many, columns: x.columns, elements: (0..<many).flatMap { _ in x.elements })
        }
        let windows = FrameWindows(frames: rows(few.frames), past: rows(few.past))
        let norm = exact.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let distances = [1, 4, 16, 64].map { k in
            var options = LearningOptions()
            options.gibbsSteps = k
            options.drawsVisible = true
            let gradient = ContrastiveDivergence(options, workers: Workers(threads: 2)).gradient(of: machine, on: windows, seed: UInt64(k))
            return zip(gradient, exact).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }.squareRoot() / norm
        }
        #expect(distances[0] > 0.05, "\(distances)")
        for (near, far) in zip(distances.dropFirst(), distances) { #expect(near < far + 0.01, "\(distances)") }
        #expect(distances[3] < 0.04, "\(distances)")
    }

    /// All 4 × 4 images with uniform rows or uniform columns.
    private var barsAndStripes: [[Float]] {
        let lines = (0..<16).map { number in (0..<4).map { Float(number >> $0 & 1) } }
        let stripes = lines.map { line in (0..<16).map { line[$0 / 4] } }
        let bars = lines.map { line in (0..<16).map { line[$0 % 4] } }
        return Array(Set(stripes + bars)).sorted { $0.lexicographicallyPrecedes($1) }
    }

    @Test func barsAndStripesAreLearnt() throws {
        let patterns = barsAndStripes
        #expect(patterns.count == 30)
        let distinct = Matrix(rows: 30, columns: 16, elements: patterns.flatMap { $0 })
        // Every batch contains every pattern, each with its own chain.
        let data = Matrix(rows: 240, columns: 16, elements: (0..<8).flatMap { _ in distinct.elements })
        var machine = BoltzmannMachine(visible: 16, hidden: 24, units: .binary, seed: 1)
        var options = LearningOptions()
        options.epochs = 4000
        options.gibbsSteps = 5
        options.batch = 240
        options.isPersistent = true
        options.learningRate = 0.1
        options.schedule = .cosine
        options.weightDecay = 0
        options.momentum = 0.5
        options.monitoredFrames = 1
        try ContrastiveDivergence(options, workers: Workers(threads: 2)).train(&machine, on: [data])
        let likelihoods = try machine.logLikelihoods(FrameWindows(distinct))
        let mean = likelihoods.reduce(0, +) / 30
        #expect(mean > -log(30) - 0.3, "\(mean)")
    }

    /// Two spherical clusters of variance 1, which one hidden unit can separate.
    @Test func aMixtureIsLearnt() throws {
        let centres: [[Float]] = [[2, -1, 1], [-2, 1.5, 0]]
        func draw(_ count: Int, seed: UInt64) -> Matrix {
            var random = RandomSource(seed: seed)
            return Matrix(
                rows: count, columns: 3,
                elements: (0..<count).flatMap { _ in
                    let centre = centres[random.uniform() < 0.3 ? 0 : 1]
                    return centre.map { $0 + random.normal() }
                })
        }
        let test = draw(4000, seed: 2)
        let best =
            (0..<test.rows).reduce(0.0) { sum, row in
                let parts = zip(centres, [0.3, 0.7]).map { centre, share in
                    log(share) - zip(test.row(row), centre).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) } / 2 - 1.5
                        * log(2 * Double.pi)
                }
                return sum + logSumExp(parts)
            } / Double(test.rows)
        var machine = BoltzmannMachine(visible: 3, hidden: 2, units: .gaussian, seed: 3)
        func mean() throws -> Double { try machine.logLikelihoods(FrameWindows(test)).reduce(0, +) / Double(test.rows) }
        let before = try mean()
        var options = LearningOptions()
        options.epochs = 60
        options.batch = 100
        options.learningRate = 0.02
        options.schedule = .cosine
        options.drawsVisible = true
        options.gibbsSteps = 5
        options.momentum = 0.5
        try ContrastiveDivergence(options, workers: Workers(threads: 2)).train(&machine, on: [draw(4000, seed: 1)])
        let after = try mean()
        #expect(before < best - 0.5)
        #expect(after > best - 0.03, "\(after) of \(best)")
    }

    /// x_t = ±0.95 x_{t−1} + noise. The sign depends on the signs of past frames, but not on any linear function of them.
    private func switching(_ utterances: Int, seed: UInt64) -> [Matrix] {
        let random = RandomSource(seed: seed)
        return (0..<utterances).map { number in
            var own = random.stream(number)
            var (sign, x): (Float, [Float]) = (own.uniform() < 0.5 ? 0.95 : -0.95, [3 * own.normal()])
            for _ in 1..<100 {
                if own.uniform() < 0.03 { sign = -sign }
                x.append(sign * x[x.count - 1] + own.normal())
            }
            return Matrix(rows: 100, columns: 1, elements: x)
        }
    }

    @Test func aSwitchingProcessIsPredicted() throws {
        let (training, test) = (switching(200, seed: 1), switching(50, seed: 2))
        let order = 3
        let windows = FrameWindows(utterances: test, order: order)
        func error(_ predictions: [Float]) -> Double {
            zip(predictions, windows.frames.elements).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) } / Double(windows.count)
        }
        let linear = error(LinearAutoregression(FrameWindows(utterances: training, order: order)).predictions(windows).elements)
        let persistence = error((0..<windows.count).map { windows.past[$0, order - 1] })
        // With small initial weights every unit is nearly linear, and products of past frames would be learnt very late.
        var machine = BoltzmannMachine(visible: 1, hidden: 20, units: .gaussian, order: order, weightScale: 0.3, seed: 4)
        var options = LearningOptions()
        options.epochs = 60
        options.batch = 100
        options.learningRate = 0.01
        options.schedule = .cosine
        options.weightDecay = 0
        options.gibbsSteps = 5
        options.drawsVisible = true
        var reports: [LearningReport] = []
        try ContrastiveDivergence(options, workers: Workers(threads: 2)).train(
            &machine, on: training, heldOut: test, epochDone: { reports = $0.history })
        let own = error(machine.predictions(windows).elements)
        #expect(try #require(reports.last?.predictionError) < 0.92 * linear)
        #expect(own < 0.92 * linear && own < 0.5 * persistence, "\(own), linear \(linear), persistence \(persistence)")
    }
}
