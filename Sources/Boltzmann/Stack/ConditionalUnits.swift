import CStimmungKernels
import StimmungNetworks
import StimmungTensors

/// The hidden units of a machine as a layer of a network: h_t = σ(c + x_{<t} B + x_t W).
///
///     let network = Network([ConditionalUnits(machine), Dense(inputs: machine.hidden, outputs: 7)], seed: 1)
///
/// The layer starts with the parameters of the machine, and training the network fine-tunes them. The past of a frame is in its own
/// sequence; frames before the start of the sequence are zeros, as in the training of the machine. A stream keeps its last n frames.
///
/// Shapes: R rows, D inputs, K outputs; D and K are the machine's V and H. `W` is D × K, `B` is nD × K (the oldest frame's rows first; no
/// rows for order 0), `c` is K.
package struct ConditionalUnits: Layer {
    package let inputs: Int
    package let outputs: Int
    /// n
    package let order: Int
    /// The initial W, B and c; nil for random values.
    private let start: [Float]?

    /// Units with the parameters of a trained machine.
    package init(_ machine: BoltzmannMachine) {
        inputs = machine.visible
        outputs = machine.hidden
        order = machine.order
        start = Array(machine.parameters[..<machine.layout.hiddenBias.upperBound])
    }

    /// Units with random weights, uniform within ±√(6 / ((n + 1)D + K)): for parameters that are read from a file, and to measure the
    /// effect of the machine's training.
    package init(inputs: Int, outputs: Int, order: Int) {
        precondition(inputs > 0 && outputs > 0 && order >= 0, "inputs and outputs must be above 0, the order not negative")
        self.inputs = inputs
        self.outputs = outputs
        self.order = order
        start = nil
    }

    package var parameters: [ParameterShape] {
        [
            ParameterShape("W", rows: inputs, columns: outputs, isWeight: true),
            ParameterShape("B", rows: order * inputs, columns: outputs, isWeight: true),
            ParameterShape("c", columns: outputs),
        ]
    }

    /// Frames before the start of a sequence are zeros.
    package var context: FrameContext { FrameContext(left: order, right: 0, padding: .zeros) }

    package func describe() -> LayerDescription {
        LayerDescription("conditional-units", of: self, attributes: ["order": .integer(order), "activation": .text("sigmoid")])
    }

    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {
        if let start {
            parameters = start
            return
        }
        let limit = (6 / Float((order + 1) * inputs + outputs)).squareRoot()
        for i in 0..<(order + 1) * inputs * outputs { parameters[i] = random.uniform(in: -limit..<limit) }
    }

    package struct Trace {
        /// Rows [x_t, x_{<t}, 1] of a chunk, or their gradient.
        let window = WorkingMemory()
        /// The n frames before the first of each sequence, the oldest first: zeros, or the state of a stream. sequences × nD
        let before = WorkingMemory()
        /// The next `before`.
        let next = WorkingMemory()
        /// Number of sequences of the current stream, 0 before its first chunk.
        var streams = 0
    }

    package func makeTrace() -> Trace { Trace() }

    /// Length of a row [x_t, x_{<t}, 1].
    private var stride: Int { (order + 1) * inputs + 1 }

    /// Rows gathered at a time, few enough to stay in the cache until their product is done.
    private static let chunkRows = 256

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        output.resize(rows: input.rows)
        prepare(&trace, pass)
        // Bounds: x is R × D, θ as in `parameters`, h is R × K, the trace's memory as documented there.
        withPointers(reading: input.elements, parameters, writing: &output.elements) { x, θ, h in
            forEachChunk(pass.batch) { rows in
                gather(rows, pass.batch, x, trace)
                let count = rows.count
                let own = h + rows[0].row * outputs
                Product.multiply(
                    MatrixView(trace.window.pointer, rows: count, columns: stride), MatrixView(θ, rows: stride, columns: outputs),
                    into: MutableMatrixView(own, rows: count, columns: outputs))
                ck_sigmoid(count * outputs, own, own)
            }
            if pass.phase == .streaming { keepState(of: pass.batch, x, &trace) }
        }
    }

    private func prepare(_ trace: inout Trace, _ pass: Pass) {
        trace.window.reserve(min(Self.chunkRows, pass.batch.rows) * stride)
        let goesOn = pass.phase == .streaming && trace.streams == pass.batch.sequences
        guard !goesOn else { return }
        trace.streams = 0
        trace.before.clear(pass.batch.sequences * order * inputs)
    }

    /// A packed row, and the place and step of its frame.
    private struct Frame {
        let row: Int
        let place: Int
        let step: Int
    }

    /// Calls `body` for the frames of the batch in packed order, at most `chunkRows` at a time.
    private func forEachChunk(_ batch: PackedBatch, _ body: ([Frame]) -> Void) {
        var frames: [Frame] = []
        frames.reserveCapacity(Self.chunkRows)
        for step in 0..<batch.steps {
            for place in 0..<batch.counts[step] {
                frames.append(Frame(row: batch.row(place: place, step: step), place: place, step: step))
                if frames.count == Self.chunkRows {
                    body(frames)
                    frames.removeAll(keepingCapacity: true)
                }
            }
        }
        if !frames.isEmpty { body(frames) }
    }

    /// The frame k steps before `frame`: its row in the batch, or its index among the n frames before the batch, the oldest first.
    private func past(_ k: Int, of frame: Frame, _ batch: PackedBatch) -> (row: Int?, before: Int) {
        frame.step >= k ? (batch.row(place: frame.place, step: frame.step - k), 0) : (nil, order + frame.step - k)
    }

    /// Writes the rows [x_t, x_{<t}, 1] of frames.
    private func gather(_ frames: [Frame], _ batch: PackedBatch, _ x: UnsafePointer<Float>, _ trace: Trace) {
        var row = trace.window.pointer
        for frame in frames {
            row.update(from: x + frame.row * inputs, count: inputs)
            for k in Swift.stride(from: order, to: 0, by: -1) {
                row += inputs
                let (packed, before) = past(k, of: frame, batch)
                let outside = UnsafePointer(trace.before.pointer) + (frame.place * order + before) * inputs
                row.update(from: packed.map { x + $0 * inputs } ?? outside, count: inputs)
            }
            row[inputs] = 1
            row += inputs + 1
        }
    }

    /// Keeps the last n frames of each sequence as the next chunk's past. Chunk lengths must be equal, so that the sequences keep their
    /// order.
    private func keepState(of batch: PackedBatch, _ x: UnsafePointer<Float>, _ trace: inout Trace) {
        precondition(batch.counts.last == batch.sequences, "streams of a batch need chunks of equal lengths")
        let size = order * inputs
        trace.next.reserve(batch.sequences * size)
        for place in 0..<batch.sequences {
            for number in 0..<order {
                let step = batch.steps - order + number
                let inside = step >= 0 ? x + batch.row(place: place, step: step) * inputs : nil
                let outside = UnsafePointer(trace.before.pointer) + place * size + (batch.steps + number) * inputs
                (trace.next.pointer + place * size + number * inputs).update(from: inside ?? outside, count: inputs)
            }
        }
        trace.before.reserve(batch.sequences * size)
        trace.before.pointer.update(from: trace.next.pointer, count: batch.sequences * size)
        trace.streams = batch.sequences
    }

    package func backward(_ values: LayerValues, trace: inout Trace, gradients: inout LayerGradients) {
        let batch = values.pass.batch
        let trace = trace
        gradients.input.resize(rows: gradients.needsInput ? batch.rows : 0)
        // Bounds: x and dx are R × D, h and δ are R × K, dθ and θ as in `parameters`, the trace's memory as documented there.
        withPointers(reading: values.output.elements, writing: &gradients.output.elements) { h, δ in
            ck_sigmoid_backward(batch.rows * outputs, h, δ)
        }
        gradients.withPointers { δ, dθ, dx in
            withPointers(reading: values.input.elements, values.parameters) { x, θ in
                forEachChunk(batch) { frames in
                    gather(frames, batch, x, trace)
                    Product.multiply(
                        MatrixView(trace.window.pointer, rows: frames.count, columns: stride).transposed,
                        MatrixView(δ + frames[0].row * outputs, rows: frames.count, columns: outputs), accumulates: true,
                        into: MutableMatrixView(dθ, rows: stride, columns: outputs))
                }
                guard let dx else { return }
                dx.update(repeating: 0, count: batch.rows * inputs)
                forEachChunk(batch) { frames in
                    // The gradient of [x_t, x_{<t}], in rows of the same length as the gathered ones.
                    Product.multiply(
                        MatrixView(δ + frames[0].row * outputs, rows: frames.count, columns: outputs),
                        MatrixView(θ, rows: stride - 1, columns: outputs).transposed,
                        into: MutableMatrixView(trace.window.pointer, rows: frames.count, columns: stride - 1, stride: stride))
                    scatter(frames, batch, trace, dx)
                }
            }
        }
    }

    /// Adds the gradients of rows [x_t, x_{<t}] to those of their frames.
    private func scatter(_ frames: [Frame], _ batch: PackedBatch, _ trace: Trace, _ dx: UnsafeMutablePointer<Float>) {
        for (number, frame) in frames.enumerated() {
            let row = UnsafePointer(trace.window.pointer) + number * stride
            ck_add_column_sums(1, inputs, row, dx + frame.row * inputs)
            for k in Swift.stride(from: order, to: 0, by: -1) {
                guard let packed = past(k, of: frame, batch).row else { continue }
                ck_add_column_sums(1, inputs, row + (1 + order - k) * inputs, dx + packed * inputs)
            }
        }
    }
}
