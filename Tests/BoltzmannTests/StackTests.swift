import StimmungBoltzmann
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

struct StackTests {
    private let lengths = [40, 7, 1, 90]

    private func utterances() -> [Matrix] {
        lengths.enumerated().map { normals($1, 4, seed: UInt64($0) + 1) }
    }

    private func training(threads: Int = 2) -> BoltzmannStack.Training {
        var options = LearningOptions()
        options.epochs = 3
        options.batch = 32
        return BoltzmannStack.Training(
            [
                .init(hidden: 8, order: 2, options: options), .init(hidden: 6, order: 1, options: options),
                .init(hidden: 5, options: options),
            ],
            units: .gaussian, workers: Workers(threads: threads), seed: 3)
    }

    @Test func machinesFitAndFeaturesComeFromTheTop() throws {
        let stack = try training().train(on: utterances())
        #expect(stack.machines.map(\.units) == [.gaussian, .binary, .binary])
        #expect(stack.machines.map(\.order) == [2, 1, 0])
        #expect(stack.inputs == 4 && stack.outputs == 5)
        let x = utterances()[0]
        let h1 = stack.machines[0].hiddenProbabilities(ofUtterance: x)
        let h2 = stack.machines[1].hiddenProbabilities(ofUtterance: h1)
        #expect(stack.features(ofUtterance: x) == stack.machines[2].hiddenProbabilities(ofUtterance: h2))
    }

    @Test func resumingWithinAStackGivesTheSameBits() throws {
        var states: [BoltzmannStack.State] = []
        let whole = try training().train(on: utterances(), epochDone: { states.append($0) })
        #expect(states.map(\.done.count) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
        for state in [states[1], states[2], states[4], states[8]] {
            #expect(try training(threads: 1).train(on: utterances(), from: state) == whole)
        }
    }

    /// A network initialised from the stack has the same output as the stack, on a batch of mixed lengths.
    @Test func layersAgreeWithTheMachines() throws {
        let stack = try training().train(on: utterances())
        let network = Network(stack.layers, seed: 9)
        let batch = PackedBatch(lengths: lengths)
        var packed = Matrix(rows: 0, columns: 4)
        batch.pack(utterances(), into: &packed)
        let made = batch.unpack(network.makeMemory().forward(network, packed, Pass(batch: batch, phase: .inference)))
        for (own, utterance) in zip(made, utterances()) {
            for (a, b) in zip(own.elements, stack.features(ofUtterance: utterance).elements) { #expect(abs(a - b) < 1e-5) }
        }
    }

    @Test(arguments: [1, 2, 3, 17]) func aStreamInChunksEqualsTheWhole(chunk: Int) throws {
        let stack = try training().train(on: utterances())
        let network = Network(stack.layers, seed: 9)
        let memory = network.makeMemory()
        let x = utterances()[0]
        for _ in 0..<2 {
            let whole = memory.forward(network, x, Pass(batch: PackedBatch(lengths: [x.rows]), phase: .inference))
            var streamed = Matrix(rows: 0, columns: 5)
            for start in stride(from: 0, to: x.rows, by: chunk) {
                let piece = x.rows(start..<min(start + chunk, x.rows))
                streamed.append(rows: memory.forward(network, piece, Pass(batch: PackedBatch(lengths: [piece.rows]), phase: .streaming)))
            }
            for (a, b) in zip(streamed.elements, whole.elements) { #expect(abs(a - b) < 1e-5) }
        }
    }

    @Test(arguments: [0, 1, 3]) func gradientThroughThePast(order: Int) {
        for lengths in [[5], [7, 1, 3, 7, 2], [200, 150, 30]] {
            let check = gradientDistance(of: ConditionalUnits(inputs: 3, outputs: 4, order: order), lengths: lengths, seed: 2)
            #expect(check.distances.count == 4)
            #expect(check.distances.filter { order > 0 || $0.key != "B" }.values.allSatisfy { $0 < 1e-3 }, "\(check.distances)")
        }
    }

    /// Two classes that differ in the order of two bumps within four frames, which only past frames reveal.
    @Test func aClassifierOnTopFineTunesTheUnits() throws {
        var random = RandomSource(seed: 1)
        let sequences = (0..<120).map { number in
            var frames = Matrix(rows: 12, columns: 3, elements: (0..<36).map { _ in 0.1 * random.normal() })
            frames[8, number % 2] += 2
            frames[10, 1 - number % 2] += 2
            return LabelledSequence(frames: frames, label: number % 2)
        }
        var machine = BoltzmannMachine(visible: 3, hidden: 16, units: .gaussian, order: 3, seed: 2)
        var learning = LearningOptions()
        learning.epochs = 5
        try ContrastiveDivergence(learning, workers: Workers(threads: 2)).train(&machine, on: sequences.map { try $0.frames.frames() })
        var network = Network([ConditionalUnits(machine), Dense(inputs: 16, outputs: 2)], seed: 3)
        #expect(network.parameters["0.W"] == machine["W"])
        #expect(network.parameters["0.B"] == machine["B"])
        var options = TrainingOptions()
        options.epochs = 30
        options.learningRate = 0.02
        try Trainer(options, classes: 2, workers: Workers(threads: 2)).train(&network, on: sequences)
        #expect(network.parameters["0.B"] != machine["B"])
        let posteriors = try network.logPosteriors(of: sequences.map(\.frames), workers: Workers(threads: 1))
        let right = zip(sequences, posteriors).filter { $1[10, $0.label] > $1[10, 1 - $0.label] }
        #expect(right.count >= 114)
    }
}
