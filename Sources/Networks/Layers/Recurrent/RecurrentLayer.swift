import CStimmungKernels
import StimmungTensors

/// One time step of a packed batch, or of some of its sequences.
package struct RecurrentStep {
    /// The first sequence.
    package private(set) var sequence = 0
    /// The row of the first sequence.
    package private(set) var row: Int
    /// Number of sequences, one row each.
    package private(set) var count: Int
    /// The row of the first sequence in the previous step; nil at the first step.
    package private(set) var previous: Int?
    /// The row of the first sequence in the memory of the cells, if that is shorter than the batch; nil while every row is kept.
    package var slot: Int?

    package init(_ t: Int, of batch: PackedBatch) {
        row = batch.offsets[t]
        count = batch.counts[t]
        previous = t > 0 ? batch.offsets[t - 1] : nil
    }

    /// The step in groups of sequences, few enough that the arguments of their cells stay in the first-level cache from the product until
    /// they are used.
    var groups: some Sequence<RecurrentStep> {
        let groups = (count + Self.group - 1) / Self.group
        return (0..<groups).lazy.map { number in
            // As even as the rows of a product's tiles.
            let first = count * number / groups
            var part = self
            part.count = count * (number + 1) / groups - first
            part.sequence += first
            part.row += first
            part.previous? += first
            return part
        }
    }

    static let group = 12
}

/// Pointers for a cell's kernels during a backward pass.
package struct RecurrentGradientPointers {
    /// The layer's parameters.
    let θ: UnsafePointer<Float>
    /// h, R × H
    let hidden: UnsafePointer<Float>
    /// ∂L/∂h, R × H
    let hiddenGradient: UnsafeMutablePointer<Float>
    /// ∂L/∂θ
    let gradient: UnsafeMutablePointer<Float>
}

/// Memory of a recurrent layer that is kept from pass to pass, and the state of a stream. R packed rows, H cells.
package struct RecurrentTrace<Memory> {
    /// h at the start of the sequences: zero, or the state of a stream. sequences × H
    let start = WorkingMemory()
    /// W_xᵀ and W_hᵀ for the forward pass, W_x and W_h for the backward pass, and the operands of the weight gradients.
    let inputWeights = PackedOperand()
    let recurrentWeights = PackedOperand()
    let gradients = PackedOperand()
    let inputRows = PackedOperand()
    let hiddenRows = PackedOperand()
    /// Number of sequences of the current stream, 0 before its first chunk.
    var streams = 0
    /// The cell's memory.
    package let memory: Memory
}

/// A recurrent layer around a cell of any kind: the loop over time, back-propagation through time, truncation and the state of streams.
///
///     a_t = W_x x_t + W_h h_{t−1} + b,   h_t = cell(a_t),   h_0 = 0
///
/// A cell has A arguments (pre-activations) a: 1 in a plain recurrent layer, 4 with the gates of an LSTM.
///
/// Parameters, for D inputs and H cells: `W_x` A·H × D, `W_h` A·H × H, the cell's own parameters, `b` A·H. R is the number of packed rows.
///
/// Truncated back-propagation: with `truncation` k, a sequence of T steps is divided into chunks of k steps: 0 ..< k, k ..< 2k, and so on.
/// The state is carried from chunk to chunk, but the gradient is not: the state before a chunk is a constant. The gradient of a loss at
/// step t thus reaches t mod k steps back, at most k − 1. The cost is O(T), as for the full gradient; going back k steps from each t would
/// cost O(T k). In the backward direction of a `Bidirectional` layer, chunks begin at the end of the sequence.
package protocol RecurrentLayer: Layer where Trace == RecurrentTrace<Memory> {
    /// Activations and state of the cells, apart from h.
    associatedtype Memory

    /// H
    var cells: Int { get }
    /// Steps per chunk of truncated back-propagation; nil for full back-propagation through time.
    var truncation: Int? { get }
    /// A
    static var arguments: Int { get }
    /// Number of the cell's own parameters, between W_h and b.
    var ownParameters: Int { get }

    func makeMemory() -> Memory

    /// Whether a is computed in place, in the rows of h and of its gradient.
    static var isInPlace: Bool { get }

    /// Allocates memory.
    ///
    /// - Parameters:
    ///   - rows: R if every row is kept for `backward`, otherwise the rows that are in use at a time.
    ///   - resumes: whether the state of a stream is kept; otherwise it is set to zero.
    func prepare(_ memory: Memory, rows: Int, sequences: Int, resumes: Bool)

    /// The memory for a, A·H values per row.
    ///
    /// - Parameter rows: the memory of the layer's output, or of its gradient, which a plain cell uses for a.
    func argumentRows(_ memory: Memory, rows: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float>

    /// Computes h from a for one step.
    ///
    /// - Parameters:
    ///   - θ: the layer's parameters.
    ///   - h: R × H.
    func activate(_ step: RecurrentStep, _ memory: Memory, _ θ: UnsafePointer<Float>, _ h: UnsafeMutablePointer<Float>)

    /// Computes ∂L/∂a from ∂L/∂h for one step, stores it in the `argumentRows`, and adds the gradients of the cell's own parameters.
    ///
    /// - Parameter isBorder: whether the gradient stops at this step, the first of the sequence or of a truncated chunk.
    func differentiate(_ step: RecurrentStep, _ memory: Memory, _ pointers: RecurrentGradientPointers, isBorder: Bool)
}

/// Rows per product of input projections or weight gradients, few enough to stay in the cache until they are used (docs/performance.md).
private let chunkRows = 256

extension RecurrentLayer {
    package var outputs: Int { cells }
    package var isRecurrent: Bool { true }

    /// A·H
    package var width: Int { Self.arguments * cells }
    // Offsets of the arrays in the layer's slice of the parameters and of their gradient.
    package var recurrentOffset: Int { width * inputs }
    package var ownOffset: Int { recurrentOffset + width * cells }
    package var biasOffset: Int { ownOffset + ownParameters }

    /// Sets W_x and W_h uniform within ±1/√H; the rest stays 0.
    func initialiseWeights(_ parameters: inout [Float], using random: inout RandomSource) {
        let limit = 1 / Float(cells).squareRoot()
        for i in 0..<ownOffset { parameters[i] = random.uniform(in: -limit..<limit) }
    }

    package func makeTrace() -> Trace { RecurrentTrace(memory: makeMemory()) }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        let batch = pass.batch
        output.resize(rows: input.rows)
        let resumes = pass.phase == .streaming && trace.streams == batch.sequences
        if !resumes {
            trace.streams = 0
            trace.start.clear(batch.sequences * cells)
        }
        let chunks = batch.chunks(rows: chunkRows)
        let isKept = pass.phase == .training
        let rows = isKept ? batch.rows : chunks.map { batch.rows(of: $0).count }.max() ?? 0
        prepare(trace.memory, rows: rows, sequences: batch.sequences, resumes: resumes)
        // Bounds: x is R × D, θ as in `parameters`, h is R × H, the trace's memory as documented there.
        withPointers(reading: input.elements, parameters, writing: &output.elements) { x, θ, h in
            let (input, recurrent) = (
                MatrixView(θ, rows: width, columns: inputs).transposed,
                MatrixView(θ + recurrentOffset, rows: width, columns: cells).transposed
            )
            if pass.phase == .training {
                trace.inputWeights.set(input, pass.precision)
                trace.recurrentWeights.set(recurrent, pass.precision)
            } else {
                trace.inputWeights.set(input, from: parameters, pass.precision)
                trace.recurrentWeights.set(recurrent, from: parameters, pass.precision)
            }
            let arguments = argumentRows(trace.memory, rows: h)
            for steps in chunks {
                let rows = batch.rows(of: steps)
                // The bits are the same either way. The arguments of several sequences stay in the cache from one product to the other; for
                // few sequences, W_x would be read at every step.
                let isWide = batch.counts[steps.upperBound - 1] >= RecurrentStep.group / 2
                // Where a row's arguments are: a short memory begins anew with each chunk or group.
                func slot(_ row: Int) -> Int? { isKept || Self.isInPlace ? nil : isWide ? 0 : row - rows.lowerBound }
                if !isWide { project(rows, x, θ, trace, arguments + (slot(rows.lowerBound) ?? rows.lowerBound) * width) }
                for t in steps {
                    for var step in RecurrentStep(t, of: batch).groups {
                        step.slot = slot(step.row)
                        let own = arguments + (step.slot ?? step.row) * width
                        if isWide { project(step.row..<step.row + step.count, x, θ, trace, own) }
                        addState(before: step, trace, h, own)
                        activate(step, trace.memory, θ, h)
                    }
                }
            }
            if pass.phase == .streaming { keepState(of: batch, h, &trace) }
        }
    }

    /// a = X W_xᵀ + b, for a range of rows.
    ///
    /// - Parameter own: the rows' arguments.
    private func project(
        _ rows: Range<Int>, _ x: UnsafePointer<Float>, _ θ: UnsafePointer<Float>, _ trace: Trace, _ own: UnsafeMutablePointer<Float>
    ) {
        trace.inputWeights.multiply(
            MatrixView(x + rows.lowerBound * inputs, rows: rows.count, columns: inputs), bias: θ + biasOffset,
            into: MutableMatrixView(own, rows: rows.count, columns: width))
    }

    /// a += h_{t−1} W_hᵀ for the sequences of a step.
    ///
    /// - Parameter own: the step's arguments.
    private func addState(
        before step: RecurrentStep, _ trace: Trace, _ h: UnsafeMutablePointer<Float>, _ own: UnsafeMutablePointer<Float>
    ) {
        let previous = UnsafePointer(step.previous.map { h + $0 * cells } ?? trace.start.pointer + step.sequence * cells)
        trace.recurrentWeights.multiply(
            MatrixView(previous, rows: step.count, columns: cells), accumulates: true,
            into: MutableMatrixView(own, rows: step.count, columns: width))
    }

    /// Makes the last h of each sequence the next chunk's start. Chunk lengths must be equal, so that the sequences keep their order.
    private func keepState(of batch: PackedBatch, _ h: UnsafeMutablePointer<Float>, _ trace: inout Trace) {
        precondition(batch.counts.last == batch.sequences, "streams of a batch need chunks of equal lengths")
        let last = RecurrentStep(batch.steps - 1, of: batch)
        trace.start.pointer.update(from: h + last.row * cells, count: last.count * cells)
        trace.streams = batch.sequences
    }

    package func backward(_ values: LayerValues, trace: inout Trace, gradients: inout LayerGradients) {
        let (batch, precision) = (values.pass.batch, values.pass.precision)
        gradients.input.resize(rows: gradients.needsInput ? values.input.rows : 0)
        let trace = trace
        // Bounds: dh and h are R × H, θ and dθ as in `parameters`, x and dx are R × D, the trace's memory as documented there.
        gradients.withPointers { dh, dθ, dx in
            withPointers(reading: values.input.elements, values.output.elements) { x, h in
                values.parameters.withUnsafeBufferPointer { θ in
                    guard let θ = θ.baseAddress else { return }
                    trace.recurrentWeights.set(MatrixView(θ + recurrentOffset, rows: width, columns: cells), precision)
                    if dx != nil { trace.inputWeights.set(MatrixView(θ, rows: width, columns: inputs), precision) }
                    let pointers = RecurrentGradientPointers(θ: θ, hidden: h, hiddenGradient: dh, gradient: dθ)
                    let arguments = argumentRows(trace.memory, rows: dh)
                    for steps in batch.chunks(rows: chunkRows).reversed() {
                        for t in steps.reversed() {
                            for step in RecurrentStep(t, of: batch).groups { stepBack(step, at: t, trace, pointers, arguments) }
                        }
                        let rows = batch.rows(of: steps)
                        packStates(before: steps, of: values.pass, h, trace)
                        pack(rows, x, arguments, trace, precision)
                        addGradients(from: trace, to: dθ)
                        ck_add_column_sums(rows.count, width, arguments + rows.lowerBound * width, dθ + biasOffset)
                        if let dx { propagate(rows, trace, arguments, dx) }
                    }
                }
            }
        }
    }

    /// Step t of back-propagation through time: ∂L/∂a_t, and its contribution to ∂L/∂h_{t−1}.
    private func stepBack(
        _ step: RecurrentStep, at t: Int, _ trace: Trace, _ pointers: RecurrentGradientPointers, _ arguments: UnsafeMutablePointer<Float>
    ) {
        let isBorder = t == 0 || truncation.map { t % $0 == 0 } ?? false
        differentiate(step, trace.memory, pointers, isBorder: isBorder)
        guard let previous = step.previous, !isBorder else { return }
        trace.recurrentWeights.multiply(
            MatrixView(arguments + step.row * width, rows: step.count, columns: width), accumulates: true,
            into: MutableMatrixView(pointers.hiddenGradient + previous * cells, rows: step.count, columns: cells))
    }

    /// dX = dA W_x for a range of rows.
    private func propagate(
        _ rows: Range<Int>, _ trace: Trace, _ arguments: UnsafeMutablePointer<Float>, _ dx: UnsafeMutablePointer<Float>
    ) {
        trace.inputWeights.multiply(
            MatrixView(arguments + rows.lowerBound * width, rows: rows.count, columns: width),
            into: MutableMatrixView(dx + rows.lowerBound * inputs, rows: rows.count, columns: inputs))
    }

    /// Packs h_{t−1} of every row, so that the gradient of W_h is one product.
    private func packStates(before steps: Range<Int>, of pass: Pass, _ h: UnsafePointer<Float>, _ trace: Trace) {
        let (batch, rows) = (pass.batch, pass.batch.rows(of: steps))
        trace.hiddenRows.reserve(rows: rows.count, columns: cells, pass.precision)
        for t in steps {
            let step = RecurrentStep(t, of: batch)
            let previous = step.previous.map { h + $0 * cells } ?? UnsafePointer(trace.start.pointer)
            trace.hiddenRows.set(MatrixView(previous, rows: step.count, columns: cells), at: step.row - rows.lowerBound)
        }
    }

    /// Packs x and ∂L/∂a of a range of rows.
    private func pack(
        _ rows: Range<Int>, _ x: UnsafePointer<Float>, _ arguments: UnsafePointer<Float>, _ trace: Trace, _ precision: Precision
    ) {
        trace.gradients.set(MatrixView(arguments + rows.lowerBound * width, rows: rows.count, columns: width), precision)
        trace.inputRows.set(MatrixView(x + rows.lowerBound * inputs, rows: rows.count, columns: inputs), precision)
    }

    /// Adds the gradients of W_x and W_h from the packed rows.
    private func addGradients(from trace: Trace, to dθ: UnsafeMutablePointer<Float>) {
        trace.gradients.addTransposedProduct(with: trace.inputRows, to: dθ)
        trace.gradients.addTransposedProduct(with: trace.hiddenRows, to: dθ + recurrentOffset)
    }
}
