import Foundation
import StimmungNetworks
import StimmungTensors
import Testing

struct LSTMTests {
    /// `golden/lstm_onnxruntime.json`, written by `reference/lstm_onnxruntime.py`.
    private struct Golden: Decodable {
        struct Sequence: Decodable {
            let length: Int
            let x: [Float]
            let h: [Float]
        }
        let inputs: Int
        let cells: Int
        let inputWeights: [Float]
        let recurrentWeights: [Float]
        let peepholes: [Float]
        let biases: [Float]
        let sequences: [Sequence]

        private enum CodingKeys: String, CodingKey {
            case inputs, cells, sequences
            case inputWeights = "W_x"
            case recurrentWeights = "W_h"
            case peepholes = "w_c"
            case biases = "b"
        }
    }

    private func golden() throws -> (Golden, Network) {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "golden/lstm_onnxruntime.json")
        let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
        var network = Network([LSTM(inputs: golden.inputs, cells: golden.cells)], seed: 0)
        network.parameters.values = golden.inputWeights + golden.recurrentWeights + golden.peepholes + golden.biases
        return (golden, network)
    }

    @Test func agreesWithOnnxruntimeOnMixedLengths() throws {
        let (golden, network) = try golden()
        let batch = PackedBatch(lengths: golden.sequences.map(\.length))
        var packed = Matrix(rows: 0, columns: golden.inputs)
        batch.pack(golden.sequences.map { Matrix(rows: $0.length, columns: golden.inputs, elements: $0.x) }, into: &packed)
        let hidden = batch.unpack(network.makeMemory().forward(network, packed, Pass(batch: batch, phase: .inference)))
        for (ours, theirs) in zip(hidden, golden.sequences) {
            #expect(ours.elements.count == theirs.h.count)
            for (a, b) in zip(ours.elements, theirs.h) { #expect(abs(a - b) < 1e-5) }
        }
    }

    @Test(arguments: [1, 2, 5]) func aStreamInChunksEqualsTheWhole(chunk: Int) throws {
        let (golden, network) = try golden()
        let sequence = golden.sequences[0]
        let x = Matrix(rows: sequence.length, columns: golden.inputs, elements: sequence.x)
        let memory = network.makeMemory()
        var streamed = Matrix(rows: 0, columns: golden.cells)
        for start in stride(from: 0, to: x.rows, by: chunk) {
            let piece = x.rows(start..<min(start + chunk, x.rows))
            streamed.append(rows: memory.forward(network, piece, Pass(batch: PackedBatch(lengths: [piece.rows]), phase: .streaming)))
        }
        for (a, b) in zip(streamed.elements, sequence.h) { #expect(abs(a - b) < 1e-5) }
    }

    @Test func inferenceResetsAStream() throws {
        let (golden, network) = try golden()
        let x = Matrix(rows: 4, columns: golden.inputs, elements: golden.sequences[1].x)
        let memory = network.makeMemory()
        let batch = PackedBatch(lengths: [4])
        let fresh = memory.forward(network, x, Pass(batch: batch, phase: .inference))
        _ = memory.forward(network, x, Pass(batch: batch, phase: .streaming))
        let goingOn = memory.forward(network, x, Pass(batch: batch, phase: .streaming))
        #expect(goingOn != fresh)
        #expect(memory.forward(network, x, Pass(batch: batch, phase: .inference)) == fresh)
    }
}
