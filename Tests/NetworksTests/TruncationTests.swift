import Foundation
import StimmungBoltzmann
import StimmungNetworks
import StimmungTensors
import Testing

/// Checks truncated back-propagation through time against its definition: finite differences, in double precision, of plain recurrences
/// with the state at the start of each chunk of k steps held constant.
struct TruncationTests {
    private static let (inputs, cells, lengths) = (2, 3, [11, 4, 7])

    @Test(arguments: [1, 2, 3, 5, 11, 50]) func rnn(truncation: Int) {
        for activation in [RNN.Activation.tanh, .sigmoid] {
            check(RNN(inputs: Self.inputs, cells: Self.cells, activation: activation, truncation: truncation), truncation) {
                slowRNN($0, $1, $2, activation)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 5, 11, 50]) func lstm(truncation: Int) {
        check(LSTM(inputs: Self.inputs, cells: Self.cells, truncation: truncation), truncation, slowLSTM)
    }

    /// A chunk as long as the sequence does not truncate; a shorter one does.
    @Test func onlyAChunkShorterThanTheSequenceChangesTheGradient() {
        let full = gradient(of: LSTM(inputs: 2, cells: 3)).parameters
        #expect(gradient(of: LSTM(inputs: 2, cells: 3, truncation: 11)).parameters == full)
        #expect(gradient(of: LSTM(inputs: 2, cells: 3, truncation: 10)).parameters != full)
    }

    /// In the backward direction of a bidirectional layer, chunks start at the end of the sequence.
    @Test func bidirectional() {
        let lstm = LSTM(inputs: Self.inputs, cells: Self.cells, truncation: 3)
        check(Bidirectional(lstm), 3, isBidirectional: true, slowLSTM)
    }

    // MARK: - The layer

    private struct Gradients {
        var parameters: [Float]
        /// The gradients of each sequence's inputs.
        var inputs: [Matrix]
    }

    private struct Example {
        let sequences: [Matrix]
        let parameters: [Float]
        /// The gradients of the outputs.
        let objectives: [Matrix]

        init<L: Layer>(_ layer: L) {
            var random = RandomSource(seed: 5)
            func normal(_ rows: Int, _ columns: Int) -> Matrix {
                Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in random.normal() })
            }
            sequences = TruncationTests.lengths.map { normal($0, layer.inputs) }
            parameters = normal(1, layer.parameterCount).elements.map { 0.7 * $0 }
            objectives = TruncationTests.lengths.map { normal($0, layer.outputs) }
        }
    }

    private func gradient<L: Layer>(of layer: L) -> Gradients {
        let example = Example(layer)
        let batch = PackedBatch(lengths: Self.lengths)
        var input = Matrix(rows: 0, columns: layer.inputs)
        batch.pack(example.sequences, into: &input)
        var gradients = LayerGradients(of: layer)
        batch.pack(example.objectives, into: &gradients.output)
        var pass = Pass(batch: batch, phase: .training)
        var trace = layer.makeTrace()
        var output = Matrix(rows: 0, columns: layer.outputs)
        layer.forward(input, &pass, parameters: example.parameters[...], trace: &trace, output: &output)
        let values = LayerValues(input: input, output: output, parameters: example.parameters[...], pass: pass)
        layer.backward(values, trace: &trace, gradients: &gradients)
        return Gradients(parameters: gradients.parameters, inputs: batch.unpack(gradients.input))
    }

    // MARK: - The definition

    /// A recurrence over several steps: takes frames, θ and the initial state (h first); returns h of each step and the final state.
    private typealias Recurrence = ([[Double]], [Double], [[Double]]?) -> (hidden: [[Double]], state: [[Double]])

    private func check<L: Layer>(_ layer: L, _ k: Int, isBidirectional: Bool = false, _ recurrence: Recurrence) {
        let example = Example(layer)
        let ours = gradient(of: layer)
        let θ = example.parameters.map(Double.init)
        let half = isBidirectional ? θ.count / 2 : θ.count
        var dθ = [Double](repeating: 0, count: θ.count)
        for (n, (x, r)) in zip(example.sequences, example.objectives).enumerated() {
            var dx = [Double](repeating: 0, count: x.elements.count)
            let frames = (0..<x.rows).map { x.row($0).map(Double.init) }
            let objective = (0..<x.rows).map { r.row($0).map(Double.init) }
            for direction in 0..<(isBidirectional ? 2 : 1) {
                let own = Array(θ[direction * half..<(direction + 1) * half])
                let columns = direction * Self.cells..<(direction + 1) * Self.cells
                let part = objective.map { Array($0[columns]) }
                let result = differences(
                    direction == 0 ? frames : frames.reversed(), own, direction == 0 ? part : part.reversed(), k, recurrence)
                for (i, d) in result.parameters.enumerated() { dθ[direction * half + i] += d }
                let rows = direction == 0 ? result.frames : result.frames.reversed()
                for (i, d) in rows.joined().enumerated() { dx[i] += d }
            }
            for (a, b) in zip(ours.inputs[n].elements, dx) { #expect(abs(Double(a) - b) < 1e-4) }
        }
        for (a, b) in zip(ours.parameters, dθ) { #expect(abs(Double(a) - b) < 1e-4) }
    }

    /// Central differences of Σ r ∘ h, chunk by chunk, with the initial state of each chunk held constant.
    private func differences(
        _ frames: [[Double]], _ θ: [Double], _ objective: [[Double]], _ k: Int, _ recurrence: Recurrence
    ) -> (parameters: [Double], frames: [[Double]]) {
        var dθ = [Double](repeating: 0, count: θ.count)
        var dx: [[Double]] = []
        var state: [[Double]]?
        let step = 1e-5
        for first in stride(from: 0, to: frames.count, by: k) {
            let steps = first..<min(first + k, frames.count)
            let chunk = Array(frames[steps])
            let start = state
            func value(_ x: [[Double]], _ θ: [Double]) -> Double {
                zip(recurrence(x, θ, start).hidden.joined(), objective[steps].joined()).reduce(0) { $0 + $1.0 * $1.1 }
            }
            for i in θ.indices {
                var (above, below) = (θ, θ)
                above[i] += step
                below[i] -= step
                dθ[i] += (value(chunk, above) - value(chunk, below)) / (2 * step)
            }
            for t in chunk.indices {
                dx.append(
                    chunk[t].indices.map { j in
                        var (above, below) = (chunk, chunk)
                        above[t][j] += step
                        below[t][j] -= step
                        return (value(above, θ) - value(below, θ)) / (2 * step)
                    })
            }
            state = recurrence(chunk, θ, start).state
        }
        return (dθ, dx)
    }

    private func sigmoid(_ a: Double) -> Double { 1 / (1 + exp(-a)) }

    /// (W v)_j for a matrix with `v.count` columns at `offset` in θ.
    private func product(_ θ: [Double], _ offset: Int, _ j: Int, _ v: [Double]) -> Double {
        v.indices.reduce(0) { $0 + θ[offset + j * v.count + $1] * v[$1] }
    }

    private func slowRNN(
        _ frames: [[Double]], _ θ: [Double], _ start: [[Double]]?, _ activation: RNN.Activation
    ) -> (hidden: [[Double]], state: [[Double]]) {
        let (d, n) = (Self.inputs, Self.cells)
        var h = start?[0] ?? [Double](repeating: 0, count: n)
        let hidden = frames.map { x in
            h = (0..<n).map { j in
                let a = product(θ, 0, j, x) + product(θ, n * d, j, h) + θ[n * d + n * n + j]
                return activation == .tanh ? tanh(a) : sigmoid(a)
            }
            return h
        }
        return (hidden, [h])
    }

    private func slowLSTM(_ frames: [[Double]], _ θ: [Double], _ start: [[Double]]?) -> (hidden: [[Double]], state: [[Double]]) {
        let (d, n) = (Self.inputs, Self.cells)
        let recurrent = 4 * n * d
        let peephole = recurrent + 4 * n * n
        let bias = peephole + 3 * n
        var h = start?[0] ?? [Double](repeating: 0, count: n)
        var c = start?[1] ?? h
        let hidden = frames.map { x in
            func sum(_ gate: Int, _ j: Int) -> Double {
                product(θ, 0, gate * n + j, x) + product(θ, recurrent, gate * n + j, h) + θ[bias + gate * n + j]
            }
            let next = (0..<n).map { j in
                let i = sigmoid(sum(0, j) + θ[peephole + j] * c[j])
                let f = sigmoid(sum(1, j) + θ[peephole + n + j] * c[j])
                return f * c[j] + i * tanh(sum(2, j))
            }
            h = (0..<n).map { j in sigmoid(sum(3, j) + θ[peephole + 2 * n + j] * next[j]) * tanh(next[j]) }
            c = next
            return h
        }
        return (hidden, [h, c])
    }
}
