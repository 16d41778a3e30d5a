import CStimmungKernels
import StimmungTensors

/// Joins each frame with its neighbours: row t becomes [x_{t−left}, …, x_t, …, x_{t+right}].
///
///     let network = Network(
///         [Context(inputs: 39, left: 7, right: 7), Dense(inputs: 585, outputs: 256), ActivationLayer(.sigmoid, units: 256)], seed: 1)
///
/// Neighbours are in the frame's own sequence; beyond its ends, the first or the last frame is repeated. In a stream, a row is output once
/// its `right` later frames have arrived, and the remaining rows when the stream ends: in total the same rows as in one pass.
///
/// Shapes: R rows, D inputs, K = (left + 1 + right) D outputs, the earliest frame first. Cost: a copy of the outputs.
package struct Context: Layer {
    /// D
    package let inputs: Int
    package let context: FrameContext

    package init(inputs: Int, left: Int, right: Int) {
        self.inputs = inputs
        context = FrameContext(left: left, right: right, padding: .edge)
    }

    package var role: LayerRole { .window }

    package func describe() -> LayerDescription {
        LayerDescription("context", of: self, attributes: ["left": .integer(context.left), "right": .integer(context.right)])
    }

    package var outputs: Int { context.frames * inputs }

    /// The state of a stream.
    package struct Trace {
        /// The frames of each sequence from the start of the next window; empty before the first chunk.
        var kept: [Matrix] = []
    }

    package func makeTrace() -> Trace { Trace() }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        guard pass.phase != .streaming else {
            stream(input, &pass, &trace, &output)
            return
        }
        gather(input, pass.batch, into: &output)
    }

    /// The windows of all rows of a batch.
    package func gather(_ input: Matrix, _ batch: PackedBatch, into output: inout Matrix) {
        output.resize(rows: input.rows)
        // Bounds: x is R × D, y is R × K, `neighbour` is a row of the batch.
        withPointers(reading: input.elements, writing: &output.elements) { x, y in
            forEachNeighbour(batch) { row, number, neighbour in
                (y + row * outputs + number * inputs).update(from: x + neighbour * inputs, count: inputs)
            }
        }
    }

    package func backward(_ values: LayerValues, trace: inout Trace, gradients: inout LayerGradients) {
        guard gradients.needsInput else { return }
        let rows = values.input.rows
        gradients.input.resize(rows: rows)
        // Bounds: δ is R × K, dx is R × D, `neighbour` is a row of the batch.
        withPointers(reading: gradients.output.elements, writing: &gradients.input.elements) { δ, dx in
            dx.update(repeating: 0, count: rows * inputs)
            forEachNeighbour(values.pass.batch) { row, number, neighbour in
                ck_add_column_sums(1, inputs, δ + row * outputs + number * inputs, dx + neighbour * inputs)
            }
        }
    }

    /// Calls `body` with each row, each index into its window, and the row of the frame at that index.
    private func forEachNeighbour(_ batch: PackedBatch, _ body: (_ row: Int, _ number: Int, _ neighbour: Int) -> Void) {
        for step in 0..<batch.steps {
            for place in 0..<batch.counts[step] {
                for number in 0..<context.frames {
                    let neighbour = context.neighbour(number, of: step, length: batch.lengths[place])
                    body(batch.row(place: place, step: step), number, batch.row(place: place, step: neighbour))
                }
            }
        }
    }
}

extension Context {
    /// Outputs the windows that a chunk of a stream completes.
    private func stream(_ input: Matrix, _ pass: inout Pass, _ trace: inout Trace, _ output: inout Matrix) {
        let batch = pass.batch
        precondition(batch.counts.last == batch.sequences, "streams of a batch need chunks of equal lengths")
        let chunks = batch.unpack(input)
        if trace.kept.count != chunks.count {
            trace.kept = chunks.map {
                Matrix(rows: context.left, columns: inputs, elements: Array(repeatElement($0.row(0), count: context.left).joined()))
            }
        }
        for (place, chunk) in chunks.enumerated() {
            trace.kept[place].append(rows: chunk)
            guard pass.endsStream else { continue }
            for _ in 0..<context.right { trace.kept[place].append(rows: chunk.row(chunk.rows - 1)) }
        }
        let ready = max(0, trace.kept[0].rows - context.left - context.right)
        pass.batch = PackedBatch(lengths: ready > 0 ? chunks.map { _ in ready } : [])
        output.resize(rows: ready * chunks.count)
        for (place, kept) in trace.kept.enumerated() {
            for step in 0..<ready {
                // A window's frames are contiguous here.
                let row = pass.batch.row(place: place, step: step) * outputs
                output.elements.replaceSubrange(row..<row + outputs, with: kept.elements[step * inputs..<step * inputs + outputs])
            }
            trace.kept[place] = kept.rows(ready..<kept.rows)
        }
        if pass.endsStream { trace.kept = [] }
    }
}

extension FrameContext {
    /// The frame at index `number` of the window of frame `step`, in a sequence of `length` frames; beyond its ends, the first or the last
    /// frame.
    func neighbour(_ number: Int, of step: Int, length: Int) -> Int {
        min(max(step + number - left, 0), length - 1)
    }

    /// Writes the window of frame `step` of a sequence (T frames, T × D) as `frames · D` values; beyond the ends, the first or the last
    /// frame is repeated.
    package func copyWindow(of step: Int, in sequence: Matrix, to row: UnsafeMutablePointer<Float>) {
        let width = sequence.columns
        sequence.elements.withUnsafeBufferPointer { x in
            guard let x = x.baseAddress else { return }
            for number in 0..<frames {
                (row + number * width).update(from: x + neighbour(number, of: step, length: sequence.rows) * width, count: width)
            }
        }
    }
}
