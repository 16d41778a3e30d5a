import Foundation
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import Testing

/// Checks RNN and bidirectional layers against PyTorch, on sequences of mixed lengths.
struct RecurrentGoldenTests {
    /// `golden/recurrent_pytorch.json`, written by `reference/recurrent_pytorch.py`.
    private struct Golden: Decodable {
        struct Parameter: Decodable {
            let value: [Float]
            let gradient: [Float]
        }
        struct Sequence: Decodable {
            let length: Int
            let x: [Float]
            let y: [Float]
            /// The gradient of the outputs.
            let r: [Float]
            let dx: [Float]
        }
        struct Case: Decodable {
            let directions: [[String: Parameter]]
            let sequences: [Sequence]
        }
        let inputs: Int
        let cells: Int
        let cases: [String: Case]
    }

    @Test(arguments: ["rnn tanh", "rnn rectifier", "bidirectional rnn tanh", "lstm", "bidirectional lstm"])
    func agreesWithPyTorch(name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "golden/recurrent_pytorch.json")
        let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
        let theirs = try #require(golden.cases[name])
        let (inputs, cells) = (golden.inputs, golden.cells)
        switch name {
        case "rnn tanh": try expectAgreement(RNN(inputs: inputs, cells: cells), theirs)
        case "rnn rectifier": try expectAgreement(RNN(inputs: inputs, cells: cells, activation: .rectifier), theirs)
        case "bidirectional rnn tanh": try expectAgreement(Bidirectional(RNN(inputs: inputs, cells: cells)), theirs)
        case "lstm": try expectAgreement(LSTM(inputs: inputs, cells: cells), theirs)
        default: try expectAgreement(Bidirectional(LSTM(inputs: inputs, cells: cells)), theirs)
        }
    }

    private func expectAgreement<L: Layer>(_ layer: L, _ golden: Golden.Case) throws {
        // PyTorch's arrays in our order; peepholes, which PyTorch does not have, are 0.
        var parameters: [Float] = []
        var gradients: [Float?] = []
        for shape in layer.parameters {
            let parts = shape.name.split(separator: ".").map(String.init)
            let direction = parts.first == "backward" ? 1 : 0
            if let theirs = golden.directions[direction][parts[parts.count - 1]] {
                parameters += theirs.value
                gradients += theirs.gradient.map(Optional.some)
            } else {
                parameters += [Float](repeating: 0, count: shape.count)
                gradients += [Float?](repeating: nil, count: shape.count)
            }
        }
        try #require(parameters.count == layer.parameterCount)

        let batch = PackedBatch(lengths: golden.sequences.map(\.length))
        func packed(_ rows: [[Float]], columns: Int) -> Matrix {
            var result = Matrix(rows: 0, columns: columns)
            batch.pack(rows.map { Matrix(rows: $0.count / columns, columns: columns, elements: $0) }, into: &result)
            return result
        }
        let input = packed(golden.sequences.map(\.x), columns: layer.inputs)
        var pass = Pass(batch: batch, phase: .training)
        var trace = layer.makeTrace()
        var output = Matrix(rows: 0, columns: layer.outputs)
        layer.forward(input, &pass, parameters: parameters[...], trace: &trace, output: &output)
        var own = LayerGradients(of: layer)
        own.output = packed(golden.sequences.map(\.r), columns: layer.outputs)
        layer.backward(
            LayerValues(input: input, output: output, parameters: parameters[...], pass: pass), trace: &trace, gradients: &own)

        let dx = batch.unpack(own.input)
        for (number, (ours, theirs)) in zip(batch.unpack(output), golden.sequences).enumerated() {
            #expect(distance(ours.elements, theirs.y) < 1e-4)
            #expect(distance(dx[number].elements, theirs.dx) < 1e-4)
        }
        let compared = zip(own.parameters, gradients).compactMap { ours, theirs in theirs.map { (ours, $0) } }
        #expect(compared.count == golden.directions.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.value.count } })
        #expect(distance(compared.map(\.0), compared.map(\.1)) < 1e-4)
    }

    /// The largest difference, relative to 1 or the larger value.
    private func distance(_ ours: [Float], _ theirs: [Float]) -> Float {
        guard ours.count == theirs.count else { return .infinity }
        return zip(ours, theirs).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
    }
}

/// Tests of streams, reversal and threads in recurrent layers.
struct RecurrentLayerTests {
    private func frames(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix {
        var random = RandomSource(seed: seed)
        return Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in random.normal() })
    }

    @Test(arguments: RNN.Activation.allCases, [1, 3, 7]) func aStreamInChunksEqualsTheWhole(activation: RNN.Activation, chunk: Int) {
        let network = Network([RNN(inputs: 3, cells: 6, activation: activation)], seed: 1)
        let x = frames(20, 3)
        let whole = network.makeMemory().forward(network, x, Pass(batch: PackedBatch(lengths: [20]), phase: .inference))
        let memory = network.makeMemory()
        var streamed = Matrix(rows: 0, columns: 6)
        for start in stride(from: 0, to: x.rows, by: chunk) {
            let piece = x.rows(start..<min(start + chunk, x.rows))
            streamed.append(rows: memory.forward(network, piece, Pass(batch: PackedBatch(lengths: [piece.rows]), phase: .streaming)))
        }
        #expect(streamed.rows == 20)
        for (a, b) in zip(streamed.elements, whole.elements) { #expect(abs(a - b) < 1e-5) }
        #expect(Set(whole.elements).count > 20)
        // Inference starts from the zero state again.
        #expect(memory.forward(network, x, Pass(batch: PackedBatch(lengths: [20]), phase: .inference)) == whole)
    }

    /// Compares with each sequence on its own, reversed by hand, through the single layers.
    @Test func bothDirectionsEqualTheSingleLayers() {
        let network = Network([Bidirectional(LSTM(inputs: 3, cells: 4))], seed: 3)
        let half = network.parameters.values.count / 2
        var forward = Network([LSTM(inputs: 3, cells: 4)], seed: 0)
        var backward = forward
        forward.parameters.values = Array(network.parameters.values[..<half])
        backward.parameters.values = Array(network.parameters.values[half...])
        #expect(forward.parameters.values != backward.parameters.values)

        let lengths = [4, 9, 1, 6, 9]
        let sequences = lengths.enumerated().map { frames($1, 3, seed: UInt64($0)) }
        let batch = PackedBatch(lengths: lengths)
        var packed = Matrix(rows: 0, columns: 3)
        batch.pack(sequences, into: &packed)
        let outputs = batch.unpack(network.makeMemory().forward(network, packed, Pass(batch: batch, phase: .inference)))
        for (x, y) in zip(sequences, outputs) {
            let pass = Pass(batch: PackedBatch(lengths: [x.rows]), phase: .inference)
            let reversed = Matrix(rows: x.rows, columns: 3, elements: (0..<x.rows).reversed().flatMap { Array(x.row($0)) })
            let there = forward.makeMemory().forward(forward, x, pass)
            let back = backward.makeMemory().forward(backward, reversed, pass)
            for t in 0..<x.rows {
                for (a, b) in zip(y.row(t), there.row(t) + back.row(x.rows - 1 - t)) { #expect(abs(a - b) < 1e-6) }
            }
        }
    }

    @Test func aStreamContinuesForwardAndRestartsBackward() {
        let network = Network([Bidirectional(RNN(inputs: 2, cells: 3))], seed: 4)
        let x = frames(8, 2)
        let whole = network.makeMemory().forward(network, x, Pass(batch: PackedBatch(lengths: [8]), phase: .inference))
        let chunk = Pass(batch: PackedBatch(lengths: [4]), phase: .streaming)
        let memory = network.makeMemory()
        let first = memory.forward(network, x.rows(0..<4), chunk)
        let second = memory.forward(network, x.rows(4..<8), chunk)
        let alone = network.makeMemory().forward(network, x.rows(4..<8), Pass(batch: PackedBatch(lengths: [4]), phase: .inference))
        for t in 0..<4 {
            for j in 0..<3 {
                #expect(abs(second[t, j] - whole[4 + t, j]) < 1e-6 && abs(first[t, j] - whole[t, j]) < 1e-6)
                #expect(second[t, 3 + j] == alone[t, 3 + j])
            }
        }
        #expect(zip(first.row(0), whole.row(0)).contains { $0 != $1 })
        #expect(network.looksAhead && !Network([RNN(inputs: 2, cells: 3)], seed: 0).looksAhead)
    }

    @Test func reversalIsItsOwnInverse() {
        for lengths in [[3, 2], [1], [4, 4], [7, 1, 3, 7, 2]] {
            let batch = PackedBatch(lengths: lengths)
            #expect(batch.reversal.map { batch.reversal[$0] } == Array(0..<batch.rows))
        }
        #expect(PackedBatch(lengths: [3, 2]).reversal == [4, 3, 2, 1, 0])
        #expect(PackedBatch(lengths: [3, 1]).reversal == [3, 1, 2, 0])
    }

    @Test func parameterNames() {
        let network = Network([Bidirectional(RNN(inputs: 2, cells: 3)), Dense(inputs: 6, outputs: 2)], seed: 0)
        #expect(
            network.parameters.entries.map(\.name) == [
                "0.forward.W_x", "0.forward.W_h", "0.forward.b", "0.backward.W_x", "0.backward.W_h", "0.backward.b", "1.W", "1.b",
            ])
    }

    @Test(arguments: [true, false]) func sameBitsForAnyNumberOfThreads(isBidirectional: Bool) throws {
        let sequences = (0..<40).map { LabelledSequence(frames: frames(10 + $0 % 7, 3, seed: UInt64($0)), label: $0 % 2) }
        let lower: [any Layer] = isBidirectional ? [Bidirectional(LSTM(inputs: 3, cells: 4))] : [RNN(inputs: 3, cells: 8, truncation: 5)]
        var options = TrainingOptions()
        options.epochs = 2
        options.batch = 32
        let trained = try [1, 3].map { threads in
            var network = Network(lower + [Dropout(units: 8, rate: 0.1), Dense(inputs: 8, outputs: 2)], seed: 1)
            try Trainer(options, classes: 2, workers: Workers(threads: threads)).train(&network, on: sequences)
            return network.parameters
        }
        #expect(trained[0] == trained[1])
    }
}
