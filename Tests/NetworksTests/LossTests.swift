import Foundation
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Testing

struct LossTests {
    private let weights: [Float] = [1, 0.5, 2]
    private let targets = [0, 2, 1, 2]

    private func outputs() -> Matrix {
        var random = RandomSource(seed: 7)
        return Matrix(rows: 4, columns: 3, elements: (0..<12).map { _ in random.normal() - 1 })
    }

    private func value(_ loss: FrameLoss, _ x: Matrix) -> Double {
        var x = x
        return loss.gradient(&x, targets: targets, weights: weights, scale: 1).loss
    }

    @Test(arguments: FrameLoss.Kind.allCases, [Float(0), 0.2]) func gradientAgainstDifferences(kind: FrameLoss.Kind, smoothing: Float) {
        let loss = FrameLoss(kind, labelSmoothing: smoothing)
        let start = outputs()
        var gradient = start
        let sum = loss.gradient(&gradient, targets: targets, weights: weights, scale: 0.5)
        #expect(sum.weight == 5.5 && sum.frames == 4)
        for i in start.elements.indices {
            var above = start
            var below = start
            above.elements[i] += 1e-2
            below.elements[i] -= 1e-2
            #expect(abs(0.5 * (value(loss, above) - value(loss, below)) / 2e-2 - Double(gradient.elements[i])) < 1e-3)
        }
    }

    /// ½ ‖σ(a) − t‖², computed by hand from log σ.
    @Test func squaredErrorIsThatOfTheSigmoidOutputs() {
        let a: [Double] = [0.3, -1.2, 2]
        let logs = Matrix(rows: 1, columns: 3, elements: a.map { Float(-log1p(exp(-$0))) })
        for smoothing in [0.0, 0.3] {
            var x = logs
            let loss = FrameLoss(.squaredError, labelSmoothing: Float(smoothing))
            let sum = loss.gradient(&x, targets: [1], weights: [1, 1, 1], scale: 1)
            let exact = a.enumerated().reduce(0.0) { total, unit in
                let target = smoothing / 3 + (unit.offset == 1 ? 1 - smoothing : 0)
                let distance = 1 / (1 + exp(-unit.element)) - target
                return total + distance * distance / 2
            }
            #expect(abs(sum.loss - exact) < 1e-6 && sum.correct == 0)
        }
    }

    /// The posteriors of a network with sigmoid outputs are the normalised outputs.
    @Test func posteriorsAreNormalisedSigmoidOutputs() {
        let network = Network([Dense(inputs: 2, outputs: 3), LogSigmoid(units: 3)], seed: 3)
        let plain = Network([network.layers[0]], seed: 3)
        let frames = Matrix(rows: 2, columns: 2, elements: [1, -2, 0.5, 3])
        let a = plain.makeMemory().forward(plain, frames, Pass(batch: PackedBatch(lengths: [2]), phase: .inference))
        let logs = network.logPosteriors(of: [frames], workers: Workers(threads: 1))[0]
        for row in 0..<2 {
            let outputs = a.row(row).map { 1 / (1 + exp(-$0)) }
            for (log, output) in zip(logs.row(row), outputs) { #expect(abs(exp(log) - output / outputs.reduce(0, +)) < 1e-5) }
        }
    }

    /// Without label smoothing a network becomes more confident; training with squared error also works.
    @Test func trainingFollowsTheLoss() throws {
        var random = RandomSource(seed: 1)
        let sequences = (0..<40).map { number in
            LabelledSequence(
                frames: Matrix(rows: 10, columns: 2, elements: (0..<20).map { _ in random.normal() + (number % 2 == 0 ? 3 : -3) }),
                label: number % 2)
        }
        func posterior(_ loss: FrameLoss) throws -> Double {
            var network = Network(
                [Dense(inputs: 2, outputs: 2)] + (loss.kind == .squaredError ? [LogSigmoid(units: 2) as any Layer] : []), seed: 1)
            var options = TrainingOptions()
            options.loss = loss
            options.learningRate = 0.05
            options.epochs = 40
            options.optimiser.weightDecay = 0
            try Trainer(options, classes: 2, workers: Workers(threads: 1)).train(&network, on: sequences)
            let logs = try network.logPosteriors(of: sequences.map(\.frames), workers: Workers(threads: 1))
            let own = zip(logs, sequences).map { logs, sequence in (0..<10).reduce(0.0) { $0 + exp(Double(logs[$1, sequence.label])) } / 10
            }
            return own.reduce(0, +) / 40
        }
        #expect(try posterior(FrameLoss()) > 0.98)
        let smoothed = try posterior(FrameLoss(labelSmoothing: 0.2))
        #expect(smoothed > 0.85 && smoothed < 0.95)
        #expect(try posterior(FrameLoss(.squaredError)) > 0.9)
    }
}
