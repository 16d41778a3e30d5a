import CStimmungKernels
import StimmungSupport
import StimmungTensors

/// A plain recurrent layer (Elman 1990).
///
///     h_t = H(W_xh x_t + W_hh h_{t−1} + b_h),  h_0 = 0
///
/// trained by back-propagation through time. With δ_t the gradient of the loss with respect to the argument of H at step t,
///
///     δ_t = H′ ∘ (∂L/∂h_t + W_hhᵀ δ_{t+1}),  ∂L/∂W_xh = Σ δ_t x_tᵀ,  ∂L/∂W_hh = Σ δ_t h_{t−1}ᵀ,  ∂L/∂b_h = Σ δ_t
///
/// where H′ is a function of h_t alone for each of the activations.
///
/// Parameters, for D inputs and H cells: `W_x` H × D, `W_h` H × H, `b` H. W_x and W_h start uniform within ±1/√H, b at 0.
package struct RNN: Layer {
    /// The function H.
    package enum Activation: String, Sendable, Choice {
        case tanh
        /// σ(a) = 1 / (1 + e^−a)
        case sigmoid
        /// max(a, 0)
        case rectifier
    }

    /// D
    package let inputs: Int
    /// H
    package let cells: Int
    package let activation: Activation
    /// Steps of a chunk whose gradient does not leave it; nil is full back-propagation through time. See `Truncation`.
    package let truncation: Int?
    package var outputs: Int { cells }
    package var isRecurrent: Bool { true }

    /// - Parameter truncation: at least 1.
    package init(inputs: Int, cells: Int, activation: Activation = .tanh, truncation: Int? = nil) {
        precondition(truncation ?? 1 >= 1, "a chunk of truncated back-propagation has at least one step")
        self.inputs = inputs
        self.cells = cells
        self.activation = activation
        self.truncation = truncation
    }

    package var parameters: [ParameterShape] {
        [
            ParameterShape("W_x", rows: cells, columns: inputs, isWeight: true),
            ParameterShape("W_h", rows: cells, columns: cells, isWeight: true),
            ParameterShape("b", columns: cells),
        ]
    }

    // Where each array begins in the layer's slice of the parameters, and of their gradient.
    private var recurrent: Int { cells * inputs }
    private var bias: Int { recurrent + cells * cells }

    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {
        let limit = 1 / Float(cells).squareRoot()
        for i in 0..<bias { parameters[i] = random.uniform(in: -limit..<limit) }
    }

    /// What one pass leaves for the next, each with the batch's R packed rows, and the state of a stream.
    package struct Trace {
        /// h_{t−1} beside each row, so that the gradient of W_h is a plain product. R × H
        let before = WorkingMemory()
        /// h that the sequences begin with: zero, or where a stream stands. sequences × H
        let start = WorkingMemory()
        /// W_xᵀ and W_hᵀ for the forward pass, W_x and W_h for the way back, and the operands of the weight gradients.
        let inputWeights = PackedOperand()
        let recurrentWeights = PackedOperand()
        let gradients = PackedOperand()
        let inputRows = PackedOperand()
        let hiddenRows = PackedOperand()
        /// Number of sequences of the stream under way, 0 before its first chunk.
        var streams = 0
    }

    package func makeTrace() -> Trace { Trace() }

    /// Rows whose input projections, or weight gradients, are one product, as in `LSTM`.
    private static let chunkRows = 256

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        let batch = pass.batch
        output.resize(rows: input.rows)
        prepare(&trace, rows: input.rows, pass)
        // Bounds: x is R × D, θ as `parameters` says, h is R × H, the trace's memory as said there.
        withPointers(reading: input.elements, parameters, writing: &output.elements) { x, θ, h in
            trace.inputWeights.set(rows: inputs, columns: cells, θ, stride: inputs, transposed: true)
            trace.recurrentWeights.set(rows: cells, columns: cells, θ + recurrent, stride: cells, transposed: true)
            for steps in batch.chunks(rows: Self.chunkRows) {
                project(batch.rows(of: steps), x, θ, trace, h)
                for t in steps { step(t, batch, trace, h) }
            }
            if pass.phase == .streaming { keepState(of: batch, h, &trace) }
        }
    }

    private func prepare(_ trace: inout Trace, rows: Int, _ pass: Pass) {
        trace.before.reserve(rows * cells)
        let goesOn = pass.phase == .streaming && trace.streams == pass.batch.sequences
        guard !goesOn else { return }
        trace.streams = 0
        trace.start.clear(pass.batch.sequences * cells)
    }

    /// h = X W_xᵀ + b, for a range of rows.
    private func project(
        _ rows: Range<Int>, _ x: UnsafePointer<Float>, _ θ: UnsafePointer<Float>, _ trace: Trace, _ h: UnsafeMutablePointer<Float>
    ) {
        trace.inputWeights.multiply(
            m: rows.count, x + rows.lowerBound * inputs, stride: inputs, accumulates: false, h + rows.lowerBound * cells, stride: cells)
        ck_add_bias(rows.count, cells, θ + bias, h + rows.lowerBound * cells)
    }

    /// Step t of all sequences that are that long: h += h_{t−1} W_hᵀ, then H.
    private func step(_ t: Int, _ batch: PackedBatch, _ trace: Trace, _ h: UnsafeMutablePointer<Float>) {
        let row = batch.offsets[t]
        let count = batch.counts[t]
        let before = trace.before.pointer + row * cells
        let previous = t > 0 ? UnsafePointer(h) + batch.offsets[t - 1] * cells : UnsafePointer(trace.start.pointer)
        before.update(from: previous, count: count * cells)
        let now = h + row * cells
        trace.recurrentWeights.multiply(m: count, before, stride: cells, accumulates: true, now, stride: cells)
        switch activation {
        case .tanh: ck_tanh(count * cells, now, now)
        case .sigmoid: ck_sigmoid(count * cells, now, now)
        case .rectifier: ck_rectify(count * cells, now)
        }
    }

    /// The last state of each sequence is the next chunk's start. Chunks of one stream keep their order, so their lengths are equal.
    private func keepState(of batch: PackedBatch, _ h: UnsafeMutablePointer<Float>, _ trace: inout Trace) {
        precondition(batch.counts.last == batch.sequences, "streams of a batch go on in chunks of equal lengths")
        trace.start.pointer.update(from: h + batch.offsets[batch.steps - 1] * cells, count: batch.sequences * cells)
        trace.streams = batch.sequences
    }

    package func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        let batch = pass.batch
        inputGradient?.resize(rows: input.rows)
        // Bounds: δ, in which ∂L/∂h_t becomes δ_t step by step, and h are R × H, θ and dθ as `parameters` says, x and dx are R × D.
        withPointers(reading: output.elements, parameters, writing: &outputGradient.elements) { h, θ, δ in
            trace.recurrentWeights.set(rows: cells, columns: cells, θ + recurrent, stride: cells)
            if inputGradient != nil { trace.inputWeights.set(rows: cells, columns: inputs, θ, stride: inputs) }
            withPointers(reading: input.elements, writing: &gradient) { x, dθ in
                for steps in batch.chunks(rows: Self.chunkRows).reversed() {
                    for t in steps.reversed() { stepBack(t, batch, trace, h, δ) }
                    let rows = batch.rows(of: steps)
                    accumulate(rows, x, δ, trace, dθ)
                    inputGradient?.elements.withUnsafeMutableBufferPointer { dx in
                        if let dx = dx.baseAddress { propagate(rows, δ, trace, dx) }
                    }
                }
            }
        }
    }

    /// Step t of back-propagation through time: δ_t, and what of it goes on to h_{t−1}.
    private func stepBack(
        _ t: Int, _ batch: PackedBatch, _ trace: Trace, _ h: UnsafePointer<Float>, _ δ: UnsafeMutablePointer<Float>
    ) {
        let at = batch.offsets[t] * cells
        let count = batch.counts[t] * cells
        switch activation {
        case .tanh: ck_tanh_backward(count, h + at, δ + at)
        case .sigmoid: ck_sigmoid_backward(count, h + at, δ + at)
        case .rectifier: ck_rectify_backward(count, h + at, δ + at)
        }
        guard Truncation.passes(from: t, chunk: truncation) else { return }
        trace.recurrentWeights.multiply(
            m: batch.counts[t], δ + at, stride: cells, accumulates: true, δ + batch.offsets[t - 1] * cells, stride: cells)
    }

    /// dX = δ W_x for a range of rows.
    private func propagate(
        _ rows: Range<Int>, _ δ: UnsafeMutablePointer<Float>, _ trace: Trace, _ dx: UnsafeMutablePointer<Float>
    ) {
        trace.inputWeights.multiply(
            m: rows.count, δ + rows.lowerBound * cells, stride: cells, accumulates: false, dx + rows.lowerBound * inputs, stride: inputs)
    }

    /// Adds the gradients of W_x, W_h and b from a range of rows.
    private func accumulate(
        _ rows: Range<Int>, _ x: UnsafePointer<Float>, _ δ: UnsafeMutablePointer<Float>, _ trace: Trace, _ dθ: UnsafeMutablePointer<Float>
    ) {
        let own = δ + rows.lowerBound * cells
        trace.gradients.set(rows: rows.count, columns: cells, own, stride: cells)
        trace.inputRows.set(rows: rows.count, columns: inputs, x + rows.lowerBound * inputs, stride: inputs)
        trace.hiddenRows.set(rows: rows.count, columns: cells, trace.before.pointer + rows.lowerBound * cells, stride: cells)
        trace.gradients.addTransposedProduct(with: trace.inputRows, to: dθ, stride: inputs)
        trace.gradients.addTransposedProduct(with: trace.hiddenRows, to: dθ + recurrent, stride: cells)
        ck_add_column_sums(rows.count, cells, own, dθ + bias)
    }
}
