import Foundation
import StimmungBoltzmann
import StimmungTensors
import Testing

struct SamplingTests {
    /// Long chains visit states in proportion to the machine's probabilities.
    @Test func gibbsSamplesFollowTheDistribution() throws {
        let machine = machine(.binary, visible: 4, hidden: 3, scale: 0.8)
        let count = 40_000
        let drawn = machine.sample(from: FrameWindows(Matrix(rows: count, columns: 4)), steps: 50, seed: 1)
        var seen = [Double](repeating: 0, count: 16)
        for row in 0..<count { seen[(0..<4).reduce(0) { $0 | Int(drawn[row, $1]) << $1 }] += 1 }
        let all = FrameWindows(Matrix(rows: 16, columns: 4, elements: states(4).flatMap { $0.map { Float($0) } }))
        for (number, logs) in try machine.logLikelihoods(all).enumerated() {
            let expected = exp(logs) * Double(count)
            #expect(abs(seen[number] - expected) < 4.5 * expected.squareRoot())
        }
    }

    /// One hidden unit gives a mixture of two normal distributions with known moments.
    @Test func gaussianSamplesHaveTheRightMoments() throws {
        var machine = BoltzmannMachine(visible: 1, hidden: 1, units: .gaussian, order: 1, seed: 1)
        machine.parameters = [1.5, 0.4, -0.9, 0.5, -0.3]
        let past: Float = 0.8
        let count = 60_000
        let windows = FrameWindows(
            frames: Matrix(rows: count, columns: 1), past: Matrix(rows: count, columns: 1, repeating: past))
        let x = machine.sample(from: windows, steps: 40, seed: 2).elements.map(Double.init)
        let (w, bias) = (1.5, -0.3 + 0.5 * Double(past))
        let odds = -0.9 + 0.4 * Double(past) + bias * w + w * w / 2
        let on = 1 / (1 + exp(-odds))
        let mean = x.reduce(0, +) / Double(count)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        #expect(abs(mean - (bias + w * on)) < 0.025)
        #expect(abs(variance - (1 + w * w * on * (1 - on))) < 0.05)
        // With a single hidden unit, the mean field is exact.
        #expect(abs(Double(machine.predictions(windows.part(0..<1))[0, 0]) - (bias + w * on)) < 1e-4)
    }

    @Test(arguments: kinds, [false, true]) func continuationsAreSeeded(kind: (VisibleUnits, Int), noise: Bool) {
        let machine = machine(kind.0, visible: 5, hidden: 6, order: kind.1)
        let beginning = windows(of: machine, 1, seed: 3).frames
        let one = machine.continuation(of: beginning, frames: 12, gibbsSteps: 5, noise: noise, seed: 1)
        #expect(one.rows == 13)
        #expect(one.rows(0..<1) == beginning)
        #expect(one == machine.continuation(of: beginning, frames: 12, gibbsSteps: 5, noise: noise, seed: 1))
        #expect(one != machine.continuation(of: beginning, frames: 12, gibbsSteps: 5, noise: noise, seed: 2))
        // The first frames do not depend on the number of frames.
        #expect(one.rows(0..<4) == machine.continuation(of: beginning, frames: 3, gibbsSteps: 5, noise: noise, seed: 1))
        if noise, kind.0 == .binary { #expect(one.elements.allSatisfy { $0 == 0 || $0 == 1 }) }
    }

    /// A machine with disconnected hidden units is an autoregression, which a continuation without noise follows.
    @Test func aContinuationFollowsTheAutoregression() {
        var machine = BoltzmannMachine(visible: 1, hidden: 2, units: .gaussian, order: 2, seed: 1)
        for i in machine.parameters.indices { machine.parameters[i] = 0 }
        // A wave with period 10: x_t = 2 cos(2π/10) x_{t−1} − x_{t−2}.
        let turn = 2 * cos(2 * Float.pi / 10)
        machine["A"] = Matrix(rows: 2, columns: 1, elements: [-1, turn])
        let wave = (0..<30).map { sin(2 * Float.pi / 10 * Float($0)) }
        let made = machine.continuation(of: Matrix(rows: 5, columns: 1, elements: Array(wave[..<5])), frames: 25, gibbsSteps: 2, seed: 1)
        for (a, b) in zip(made.elements, wave) { #expect(abs(a - b) < 1e-3) }
    }
}

struct WindowTests {
    @Test func aPastNeverReachesIntoAnotherUtterance() {
        let first = Matrix(rows: 3, columns: 2, elements: [1, 2, 3, 4, 5, 6])
        let second = Matrix(rows: 2, columns: 2, elements: [7, 8, 9, 10])
        let windows = FrameWindows(utterances: [first, second], order: 2)
        #expect(windows.count == 5)
        #expect(windows.frames.elements == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        #expect((0..<5).map { Array(windows.past.row($0)) } == [[0, 0, 0, 0], [0, 0, 1, 2], [1, 2, 3, 4], [0, 0, 0, 0], [0, 0, 7, 8]])
    }

    @Test func thinningSpreadsEvenly() {
        let windows = FrameWindows(Matrix(rows: 10, columns: 1, elements: (0..<10).map(Float.init)))
        #expect(windows.thinned(to: 4).frames.elements == [0, 2, 5, 7])
        #expect(windows.thinned(to: 20).count == 10)
    }
}
