import Foundation
import StimmungAudio
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

private func normal(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var random = RandomSource(seed: seed)
    return Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in random.normal() })
}

/// The output of one layer for one sequence.
private func output(_ layer: some Layer, _ frames: Matrix, _ phase: Phase = .inference, seed: UInt64 = 0) -> Matrix {
    let network = Network([layer], seed: 1)
    let pass = Pass(batch: PackedBatch(lengths: [frames.rows]), phase: phase, random: RandomSource(seed: seed))
    return network.makeMemory().forward(network, frames, pass)
}

struct ActivationTests {
    @Test func sigmoidAndTanhGradients() {
        #expect(gradientDistance(of: ActivationLayer(.sigmoid, units: 7), lengths: [4, 2], seed: 1).worst < 1e-3)
        #expect(gradientDistance(of: ActivationLayer(.tanh, units: 7), lengths: [4, 2], seed: 2).worst < 1e-3)
        #expect(gradientDistance(of: LogSigmoid(units: 7), lengths: [4, 2], seed: 3).worst < 1e-3)
    }

    @Test func activationsEqualTheirFunctions() {
        let x = Matrix(rows: 1, columns: 6, elements: [-90, -3, -0.1, 0, 2, 90])
        for (y, x) in zip(output(ActivationLayer(.sigmoid, units: 6), x).elements, x.elements) {
            #expect(abs(y - 1 / (1 + exp(-x))) < 1e-6)
        }
        for (y, x) in zip(output(ActivationLayer(.tanh, units: 6), x).elements, x.elements) { #expect(abs(y - tanh(x)) < 1e-6) }
        // log σ(−90) is −90, although σ(−90) is 0 in single precision.
        for (y, x) in zip(output(LogSigmoid(units: 6), x).elements, x.elements) {
            let exact = -log1p(exp(-Double(x)))
            #expect(abs(Double(y) - exact) < 1e-6 * max(1, abs(exact)))
        }
    }
}

struct NoiseTests {
    @Test func onlyTrainingAddsNoiseOfTheDeviation() {
        let frames = normal(200, 50, seed: 1)
        let layer = Noise(units: 50, deviation: 0.3)
        #expect(output(layer, frames) == frames)
        #expect(output(Noise(units: 50, deviation: 0), frames, .training) == frames)
        let noisy = output(layer, frames, .training, seed: 4)
        let noise = zip(noisy.elements, frames.elements).map { Double($0 - $1) }
        let mean = noise.reduce(0, +) / Double(noise.count)
        let deviation = (noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)).squareRoot()
        #expect(abs(mean) < 0.01 && abs(deviation - 0.3) < 0.01)
        #expect(noisy == output(layer, frames, .training, seed: 4) && noisy != output(layer, frames, .training, seed: 5))
    }

    @Test func gradient() {
        #expect(gradientDistance(of: Noise(units: 4, deviation: 0.5), lengths: [3, 2], seed: 2).worst < 1e-3)
    }
}

struct BatchNormalisationTests {
    @Test func gradients() {
        let check = gradientDistance(of: BatchNormalisation(units: 4), lengths: [9, 4, 9, 2], seed: 1)
        #expect(check.distances.keys.sorted() == ["g", "input", "o"])
        #expect(check.worst < 2e-3, "\(check.distances)")
        #expect(gradientDistance(of: BatchNormalisation(units: 3), lengths: [400], seed: 2).distances["g"] ?? 1 < 1e-3)
    }

    @Test func trainingStandardisesTheRows() {
        var frames = normal(50, 3, seed: 3)
        for row in 0..<50 { frames[row, 1] = 20 + 5 * frames[row, 1] }
        let y = output(BatchNormalisation(units: 3), frames, .training)
        for unit in 0..<3 {
            let column = (0..<50).map { Double(y[$0, unit]) }
            let mean = column.reduce(0, +) / 50
            #expect(abs(mean) < 1e-5)
            #expect(abs(column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 50 - 1) < 1e-3)
        }
        // The initial statistics are 0 and 1.
        for (y, x) in zip(output(BatchNormalisation(units: 3), frames).elements, frames.elements) {
            #expect(abs(y - x) < 1e-4 * abs(x) + 1e-6)
        }
    }

    /// Running statistics converge to those of the data, for any number of threads, and the optimiser does not change them.
    @Test func runningStatisticsConvergeToThoseOfTheData() throws {
        let sequences = (0..<32).map { number -> LabelledSequence in
            var frames = normal(20, 2, seed: UInt64(number))
            for row in 0..<20 { frames[row, 0] = 7 + 3 * frames[row, 0] }
            return LabelledSequence(frames: frames, label: number % 2)
        }
        var options = TrainingOptions()
        options.epochs = 30
        options.batch = 32
        options.optimiser.weightDecay = 0.5
        func trained(_ threads: Int) throws -> Network {
            var network = Network([BatchNormalisation(units: 2), Dense(inputs: 2, outputs: 2)], seed: 1)
            try Trainer(options, classes: 2, workers: Workers(threads: threads)).train(&network, on: sequences)
            return network
        }
        let network = try trained(1)
        #expect(try trained(3).parameters == network.parameters)
        let all = try sequences.flatMap { sequence in
            let frames = try sequence.frames.frames()
            return (0..<20).map { Double(frames[$0, 0]) }
        }
        let mean = all.reduce(0, +) / Double(all.count)
        let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)
        let means = try #require(network.parameters["0.mean"])
        let variances = try #require(network.parameters["0.variance"])
        // After 30 steps of 0.1 the initial value has a weight of 0.9³⁰ = 4 %. Ghost batches subtract their own means, so the variance is
        // slightly lower.
        #expect(abs(Double(means[0, 0]) - 0.958 * mean) < 0.05)
        #expect(abs(Double(variances[0, 0]) - 0.958 * variance) < 0.5)
    }
}

struct ContextTests {
    /// The windows by definition, frame by frame.
    private func windows(_ frames: Matrix, left: Int, right: Int) -> Matrix {
        var result = Matrix(rows: 0, columns: (left + 1 + right) * frames.columns)
        for t in 0..<frames.rows {
            result.append(rows: (t - left...t + right).flatMap { frames.row(min(max($0, 0), frames.rows - 1)) })
        }
        return result
    }

    @Test(arguments: [(0, 0), (2, 0), (0, 3), (2, 1), (7, 7)]) func joinsNeighboursOfTheSameSequence(left: Int, right: Int) {
        let lengths = [6, 1, 9, 6, 3]
        let sequences = lengths.enumerated().map { normal($1, 3, seed: UInt64($0)) }
        let batch = PackedBatch(lengths: lengths)
        var input = Matrix(rows: 0, columns: 3)
        batch.pack(sequences, into: &input)
        let network = Network([Context(inputs: 3, left: left, right: right)], seed: 1)
        for phase in [Phase.training, .inference] {
            let output = batch.unpack(network.makeMemory().forward(network, input, Pass(batch: batch, phase: phase)))
            #expect(output == sequences.map { windows($0, left: left, right: right) })
        }
    }

    @Test(arguments: [[5], [7, 1, 3, 7, 2]]) func gradient(lengths: [Int]) {
        #expect(gradientDistance(of: Context(inputs: 2, left: 2, right: 3), lengths: lengths, seed: 1).worst < 1e-3)
    }

    /// A network with windows, also stacked and with an LSTM between them, has the same output for chunks of any size.
    @Test(arguments: [1, 2, 5, 40, 100]) func chunksEqualTheWhole(chunk: Int) {
        let network = Network(
            [
                Context(inputs: 3, left: 3, right: 4), Dense(inputs: 24, outputs: 5), ActivationLayer(.tanh, units: 5),
                LSTM(inputs: 5, cells: 4), Context(inputs: 4, left: 0, right: 6), Dense(inputs: 28, outputs: 2),
            ], seed: 1)
        #expect(network.holdsRowsBack)
        for length in [1, 4, 11, 83] {
            let frames = normal(length, 3, seed: UInt64(length))
            let whole = network.makeMemory().forward(network, frames, Pass(batch: PackedBatch(lengths: [length]), phase: .inference))
            let memory = network.makeMemory()
            var streamed = Matrix(rows: 0, columns: 2)
            for start in stride(from: 0, to: length, by: chunk) {
                let end = min(start + chunk, length)
                let pass = Pass(batch: PackedBatch(lengths: [end - start]), phase: .streaming, endsStream: end == length)
                streamed.append(rows: memory.forward(network, frames.rows(start..<end), pass))
                // A row is complete only after the frames that it needs.
                if end < length { #expect(streamed.rows == max(0, end - 10)) }
            }
            #expect(streamed.rows == length)
            for (a, b) in zip(streamed.elements, whole.elements) { #expect(abs(a - b) < 1e-5) }
        }
    }

    @Test func streamsAreIndependent() {
        let network = Network([Context(inputs: 2, left: 1, right: 2)], seed: 1)
        let sequences = [normal(9, 2, seed: 1), normal(9, 2, seed: 2)]
        let memory = network.makeMemory()
        var streamed = [Matrix](repeating: Matrix(rows: 0, columns: 8), count: 2)
        for (range, rows) in [(0..<1, 0), (1..<5, 3), (5..<9, 6)] {
            let batch = PackedBatch(lengths: [range.count, range.count])
            var input = Matrix(rows: 0, columns: 2)
            batch.pack(sequences.map { $0.rows(range) }, into: &input)
            let output = memory.forward(network, input, Pass(batch: batch, phase: .streaming, endsStream: range.upperBound == 9))
            if rows > 0 {
                for (number, part) in PackedBatch(lengths: [rows, rows]).unpack(output).enumerated() { streamed[number].append(rows: part) }
            }
        }
        #expect(streamed == sequences.map { windows($0, left: 1, right: 2) })
    }

    @Test func aWindowLongerThanAClipIsAnErrorThatNamesIt() throws {
        var network = Network([Context(inputs: 2, left: 3, right: 3), Dense(inputs: 14, outputs: 2)], seed: 1)
        let clips = [
            LabelledSequence(frames: normal(20, 2, seed: 1), label: 0),
            LabelledSequence(frames: normal(6, 2, seed: 2), label: 1, name: "b.wav"),
        ]
        var options = TrainingOptions()
        options.epochs = 1
        let trainer = Trainer(options, classes: 2, workers: Workers(threads: 1))
        let error = try #require(throws: TrainingError.self) { try trainer.train(&network, on: clips) }
        #expect(error == .shorterThanWindow(sequence: "b.wav", frames: 6, window: 7))
        for word in ["b.wav", "6 frames", "window has 7", "at most 6"] { #expect("\(error)".contains(word)) }
        // Recordings for inference may be shorter.
        #expect(try network.logPosteriors(of: clips.map(\.frames), workers: Workers(threads: 1)).map(\.rows) == [20, 6])
    }
}

struct RowByRowTests {
    /// Whole panels, and not.
    @Test(arguments: [48, 39]) func rowsHaveTheBitsOfAPassOfTheirOwn(inputs: Int) {
        let network = Network(
            [Dense(inputs: inputs, outputs: 21), ActivationLayer(.rectifier, units: 21), Dense(inputs: 21, outputs: 7)], seed: 3)
        let frames = normal(9, inputs, seed: 4)
        let memory = network.makeMemory()
        let batch = PackedBatch(lengths: [Int](repeating: 1, count: 9))
        let together = memory.forward(network, frames, Pass(batch: batch, phase: .inference))
        for row in 0..<9 {
            let alone = memory.forward(network, frames.rows(row..<row + 1), Pass(batch: PackedBatch(lengths: [1]), phase: .inference))
            #expect(alone.elements.map(\.bitPattern) == together.row(row).map(\.bitPattern))
        }
    }

    @Test func changedParametersAreUsed() {
        var network = Network([LSTM(inputs: 5, cells: 6), Dense(inputs: 6, outputs: 3)], seed: 3)
        let (memory, frames, pass) = (
            network.makeMemory(), normal(4, 5, seed: 4), Pass(batch: PackedBatch(lengths: [4]), phase: .inference)
        )
        let before = memory.forward(network, frames, pass)
        #expect(memory.forward(network, frames, pass) == before)
        for index in network.parameters.values.indices { network.parameters.values[index] *= 0.5 }
        let after = memory.forward(network, frames, pass)
        #expect(after != before && after == network.makeMemory().forward(network, frames, pass))
    }
}
