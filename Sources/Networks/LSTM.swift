import CStimmungKernels
import StimmungTensors

/// Long short-term memory with peepholes.
///
///     i_t = σ(W_xi x_t + W_hi h_{t−1} + w_ci ∘ c_{t−1} + b_i)
///     f_t = σ(W_xf x_t + W_hf h_{t−1} + w_cf ∘ c_{t−1} + b_f)
///     c_t = f_t ∘ c_{t−1} + i_t ∘ tanh(W_xc x_t + W_hc h_{t−1} + b_c)
///     o_t = σ(W_xo x_t + W_ho h_{t−1} + w_co ∘ c_t + b_o)
///     h_t = o_t ∘ tanh(c_t)
///
/// Sources: F. Gers, N. Schraudolph, J. Schmidhuber, *Learning precise timing with LSTM recurrent networks*, JMLR 3 (2002);
/// A. Graves, *Generating sequences with recurrent neural networks* (2013), whose peepholes are diagonal as here.
///
/// Parameters, for D inputs and H cells, the gates in the order i, f, c, o: `W_x` 4H × D, `W_h` 4H × H, `w_c` 3 × H (to i, f, o), `b` 4H.
/// W start uniform within ±1/√H, w_c and b at 0, but b_f at 1, so that the cells remember from the start (Gers, Schmidhuber, Cummins 2000).
package struct LSTM: Layer {
    /// D
    package let inputs: Int
    /// H
    package let cells: Int
    /// Steps of a chunk whose gradient does not leave it; nil is full back-propagation through time. See `Truncation`.
    package let truncation: Int?
    package var outputs: Int { cells }
    package var isRecurrent: Bool { true }

    /// - Parameter truncation: at least 1.
    package init(inputs: Int, cells: Int, truncation: Int? = nil) {
        precondition(truncation ?? 1 >= 1, "a chunk of truncated back-propagation has at least one step")
        self.inputs = inputs
        self.cells = cells
        self.truncation = truncation
    }

    package var parameters: [ParameterShape] {
        [
            ParameterShape("W_x", rows: 4 * cells, columns: inputs, isWeight: true),
            ParameterShape("W_h", rows: 4 * cells, columns: cells, isWeight: true),
            ParameterShape("w_c", rows: 3, columns: cells),
            ParameterShape("b", columns: 4 * cells),
        ]
    }

    // Where each array begins in the layer's slice of the parameters, and of their gradient.
    private var recurrent: Int { 4 * cells * inputs }
    private var peephole: Int { recurrent + 4 * cells * cells }
    private var bias: Int { peephole + 3 * cells }

    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {
        let limit = 1 / Float(cells).squareRoot()
        for i in 0..<peephole { parameters[i] = random.uniform(in: -limit..<limit) }
        for i in bias + cells..<bias + 2 * cells { parameters[i] = 1 }
    }

    /// What one pass leaves for the next: activations for `backward`, each with the batch's R packed rows, and the state of a stream.
    package struct Trace {
        /// i, f, tanh(…), o; `backward` turns them into the gradients of their pre-activations. R × 4H
        let gates = WorkingMemory()
        /// c_t, R × H
        let cell = WorkingMemory()
        /// tanh(c_t), R × H
        let squashed = WorkingMemory()
        /// h_{t−1} beside each row, so that the gradient of W_h is a plain product. R × H
        let before = WorkingMemory()
        /// h and c that the sequences begin with: zero, or where a stream stands. sequences × H
        let startHidden = WorkingMemory()
        let startCell = WorkingMemory()
        /// The gradient of c_t on its way back in time. sequences × H
        let cellGradient = WorkingMemory()
        /// W_xᵀ and W_hᵀ for the forward pass, W_x and W_h for the way back, and the operands of the weight gradients.
        let inputWeights = PackedOperand()
        let recurrentWeights = PackedOperand()
        let gateGradients = PackedOperand()
        let inputRows = PackedOperand()
        let hiddenRows = PackedOperand()
        /// Number of sequences of the stream under way, 0 before its first chunk.
        var streams = 0
    }

    package func makeTrace() -> Trace { Trace() }

    /// Rows whose input projections, or weight gradients, are one product: so many stay in the cache until they are used
    /// (one product for all rows of a batch ran at half the speed).
    private static let chunkRows = 256

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        let batch = pass.batch
        output.resize(rows: input.rows)
        prepare(&trace, rows: input.rows, pass)
        // Bounds: x is R × D, θ as `parameters` says, h is R × H, the trace's memory as said there.
        withPointers(reading: input.elements, parameters, writing: &output.elements) { x, θ, h in
            trace.inputWeights.set(rows: inputs, columns: 4 * cells, θ, stride: inputs, transposed: true)
            trace.recurrentWeights.set(rows: cells, columns: 4 * cells, θ + recurrent, stride: cells, transposed: true)
            for steps in batch.chunks(rows: Self.chunkRows) {
                project(batch.rows(of: steps), x, θ, trace)
                for t in steps { step(t, batch, θ, trace, h) }
            }
            if pass.phase == .streaming { keepState(of: batch, h, &trace) }
        }
    }

    private func prepare(_ trace: inout Trace, rows: Int, _ pass: Pass) {
        trace.gates.reserve(rows * 4 * cells)
        trace.cell.reserve(rows * cells)
        trace.squashed.reserve(rows * cells)
        trace.before.reserve(rows * cells)
        let goesOn = pass.phase == .streaming && trace.streams == pass.batch.sequences
        guard !goesOn else { return }
        trace.streams = 0
        trace.startHidden.clear(pass.batch.sequences * cells)
        trace.startCell.clear(pass.batch.sequences * cells)
    }

    /// gates = X W_xᵀ + b, for a range of rows.
    private func project(_ rows: Range<Int>, _ x: UnsafePointer<Float>, _ θ: UnsafePointer<Float>, _ trace: Trace) {
        let gates = trace.gates.pointer + rows.lowerBound * 4 * cells
        trace.inputWeights.multiply(
            m: rows.count, x + rows.lowerBound * inputs, stride: inputs, accumulates: false, gates, stride: 4 * cells)
        ck_add_bias(rows.count, 4 * cells, θ + bias, gates)
    }

    /// Step t of all sequences that are that long: gates += h_{t−1} W_hᵀ, then the element-wise part.
    private func step(_ t: Int, _ batch: PackedBatch, _ θ: UnsafePointer<Float>, _ trace: Trace, _ h: UnsafeMutablePointer<Float>) {
        let row = batch.offsets[t]
        let count = batch.counts[t]
        let before = trace.before.pointer + row * cells
        let previous = t > 0 ? UnsafePointer(h) + batch.offsets[t - 1] * cells : UnsafePointer(trace.startHidden.pointer)
        before.update(from: previous, count: count * cells)
        let gates = trace.gates.pointer + row * 4 * cells
        trace.recurrentWeights.multiply(m: count, before, stride: cells, accumulates: true, gates, stride: 4 * cells)
        ck_lstm_forward(
            count, cells, gates, previousCell(t, batch, trace), θ + peephole, trace.cell.pointer + row * cells,
            trace.squashed.pointer + row * cells, h + row * cells)
    }

    /// c_{t−1} of the sequences that reach step t.
    private func previousCell(_ t: Int, _ batch: PackedBatch, _ trace: Trace) -> UnsafePointer<Float> {
        UnsafePointer(t > 0 ? trace.cell.pointer + batch.offsets[t - 1] * cells : trace.startCell.pointer)
    }

    /// The last state of each sequence is the next chunk's start. Chunks of one stream keep their order, so their lengths are equal.
    private func keepState(of batch: PackedBatch, _ h: UnsafeMutablePointer<Float>, _ trace: inout Trace) {
        precondition(batch.counts.last == batch.sequences, "streams of a batch go on in chunks of equal lengths")
        let last = batch.offsets[batch.steps - 1] * cells
        trace.startHidden.pointer.update(from: h + last, count: batch.sequences * cells)
        trace.startCell.pointer.update(from: trace.cell.pointer + last, count: batch.sequences * cells)
        trace.streams = batch.sequences
    }

    package func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        let batch = pass.batch
        trace.cellGradient.clear(batch.sequences * cells)
        inputGradient?.resize(rows: input.rows)
        // Bounds: dh is R × H, θ and dθ as `parameters` says, x and dx are R × D, the trace's memory as said there.
        withPointers(reading: input.elements, parameters, writing: &outputGradient.elements) { x, θ, dh in
            trace.recurrentWeights.set(rows: 4 * cells, columns: cells, θ + recurrent, stride: cells)
            if inputGradient != nil { trace.inputWeights.set(rows: 4 * cells, columns: inputs, θ, stride: inputs) }
            gradient.withUnsafeMutableBufferPointer { dθ in
                guard let dθ = dθ.baseAddress else { return }
                for steps in batch.chunks(rows: Self.chunkRows).reversed() {
                    for t in steps.reversed() { stepBack(t, batch, θ, trace, dh, dθ) }
                    accumulate(batch.rows(of: steps), x, trace, dθ)
                    inputGradient?.elements.withUnsafeMutableBufferPointer { dx in
                        if let dx = dx.baseAddress { propagate(batch.rows(of: steps), trace, dx) }
                    }
                }
            }
        }
    }

    /// dX = dG W_x for a range of rows, G the gates' pre-activations.
    private func propagate(_ rows: Range<Int>, _ trace: Trace, _ dx: UnsafeMutablePointer<Float>) {
        trace.inputWeights.multiply(
            m: rows.count, trace.gates.pointer + rows.lowerBound * 4 * cells, stride: 4 * cells, accumulates: false,
            dx + rows.lowerBound * inputs, stride: inputs)
    }

    /// Step t of back-propagation through time: the gates' gradients, and what goes on to h_{t−1} and c_{t−1}.
    private func stepBack(
        _ t: Int, _ batch: PackedBatch, _ θ: UnsafePointer<Float>, _ trace: Trace, _ dh: UnsafeMutablePointer<Float>,
        _ dθ: UnsafeMutablePointer<Float>
    ) {
        let row = batch.offsets[t]
        let count = batch.counts[t]
        let gates = trace.gates.pointer + row * 4 * cells
        ck_lstm_backward(
            count, cells, gates, previousCell(t, batch, trace), trace.cell.pointer + row * cells, trace.squashed.pointer + row * cells,
            θ + peephole, dh + row * cells, trace.cellGradient.pointer, dθ + peephole)
        guard Truncation.passes(from: t, chunk: truncation) else {
            trace.cellGradient.pointer.update(repeating: 0, count: count * cells)
            return
        }
        trace.recurrentWeights.multiply(
            m: count, gates, stride: 4 * cells, accumulates: true, dh + batch.offsets[t - 1] * cells, stride: cells)
    }

    /// Adds the gradients of W_x, W_h and b from a range of rows.
    private func accumulate(_ rows: Range<Int>, _ x: UnsafePointer<Float>, _ trace: Trace, _ dθ: UnsafeMutablePointer<Float>) {
        let dgates = trace.gates.pointer + rows.lowerBound * 4 * cells
        trace.gateGradients.set(rows: rows.count, columns: 4 * cells, dgates, stride: 4 * cells)
        trace.inputRows.set(rows: rows.count, columns: inputs, x + rows.lowerBound * inputs, stride: inputs)
        trace.hiddenRows.set(rows: rows.count, columns: cells, trace.before.pointer + rows.lowerBound * cells, stride: cells)
        trace.gateGradients.addTransposedProduct(with: trace.inputRows, to: dθ, stride: inputs)
        trace.gateGradients.addTransposedProduct(with: trace.hiddenRows, to: dθ + recurrent, stride: cells)
        ck_add_column_sums(rows.count, 4 * cells, dgates, dθ + bias)
    }
}
