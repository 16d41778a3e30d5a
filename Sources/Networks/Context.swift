import CStimmungKernels
import StimmungTensors

/// Joins each frame with its neighbours: row t becomes [x_{t−left}, …, x_t, …, x_{t+right}].
///
///     let network = Network([Context(inputs: 39, left: 7, right: 7), Dense(inputs: 585, outputs: 256), Sigmoid(units: 256)], seed: 1)
///
/// The neighbours lie within the frame's own sequence; beyond its ends the first and the last frame are repeated. In a stream a row waits
/// until its `right` frames have come, so the layer gives that many rows fewer at first and the rest when the stream ends: in all the same
/// rows as in one pass.
///
/// Shapes: D inputs, (left + 1 + right) D outputs, the earliest frame first. Cost: a copy of the outputs.
package struct Context: Layer {
    /// D
    package let inputs: Int
    /// Frames before the frame itself.
    package let left: Int
    /// Frames after it.
    package let right: Int

    package init(inputs: Int, left: Int, right: Int) {
        precondition(left >= 0 && right >= 0, "a window reaches 0 frames or more to either side")
        self.inputs = inputs
        self.left = left
        self.right = right
    }

    /// Frames of a window.
    package var frames: Int { left + 1 + right }
    package var outputs: Int { frames * inputs }

    /// The state of a stream.
    package struct Trace {
        /// The frames of each sequence from the next window's first one on; empty before the first chunk.
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

    private func gather(_ input: Matrix, _ batch: PackedBatch, into output: inout Matrix) {
        output.resize(rows: input.rows)
        // Bounds: x is R × D, y is R × K, `neighbour` is a row of the batch.
        withPointers(reading: input.elements, writing: &output.elements) { x, y in
            forEachNeighbour(batch) { row, number, neighbour in
                (y + row * outputs + number * inputs).update(from: x + neighbour * inputs, count: inputs)
            }
        }
    }

    package func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        guard inputGradient != nil else { return }
        inputGradient!.resize(rows: input.rows)
        // Bounds: δ is R × K, dx is R × D, `neighbour` is a row of the batch.
        withPointers(reading: outputGradient.elements, writing: &inputGradient!.elements) { δ, dx in
            dx.update(repeating: 0, count: input.rows * inputs)
            forEachNeighbour(pass.batch) { row, number, neighbour in
                ck_add_column_sums(1, inputs, δ + row * outputs + number * inputs, dx + neighbour * inputs)
            }
        }
    }

    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Trace, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        gather(inputTangent ?? Matrix(rows: input.rows, columns: inputs), pass.batch, into: &outputTangent)
    }

    /// Calls `body` with each row, each number of a frame in its window, and the row of that frame.
    private func forEachNeighbour(_ batch: PackedBatch, _ body: (_ row: Int, _ number: Int, _ neighbour: Int) -> Void) {
        for step in 0..<batch.steps {
            for place in 0..<batch.counts[step] {
                for number in 0..<frames {
                    let neighbour = min(max(step + number - left, 0), batch.lengths[place] - 1)
                    body(batch.row(place: place, step: step), number, batch.row(place: place, step: neighbour))
                }
            }
        }
    }

    /// Writes the window of frame `step` of a sequence, as `outputs` numbers.
    package func copyWindow(of step: Int, in sequence: Matrix, to row: UnsafeMutablePointer<Float>) {
        sequence.elements.withUnsafeBufferPointer { x in
            guard let x = x.baseAddress else { return }
            for number in 0..<frames {
                let neighbour = min(max(step + number - left, 0), sequence.rows - 1)
                (row + number * inputs).update(from: x + neighbour * inputs, count: inputs)
            }
        }
    }
}

extension Context {
    /// A chunk of a stream: the windows that it completes.
    private func stream(_ input: Matrix, _ pass: inout Pass, _ trace: inout Trace, _ output: inout Matrix) {
        let batch = pass.batch
        precondition(batch.counts.last == batch.sequences, "streams of a batch go on in chunks of equal lengths")
        let chunks = batch.unpack(input)
        if trace.kept.count != chunks.count {
            trace.kept = chunks.map { Matrix(rows: left, columns: inputs, elements: Array(repeatElement($0.row(0), count: left).joined())) }
        }
        for (place, chunk) in chunks.enumerated() {
            trace.kept[place].append(rows: chunk)
            guard pass.endsStream else { continue }
            for _ in 0..<right { trace.kept[place].append(rows: chunk.row(chunk.rows - 1)) }
        }
        let ready = max(0, trace.kept[0].rows - left - right)
        pass.batch = PackedBatch(lengths: ready > 0 ? chunks.map { _ in ready } : [])
        output.resize(rows: ready * chunks.count)
        for (place, kept) in trace.kept.enumerated() {
            for step in 0..<ready {
                // A window's frames stand side by side here.
                let row = pass.batch.row(place: place, step: step) * outputs
                output.elements.replaceSubrange(row..<row + outputs, with: kept.elements[step * inputs..<step * inputs + outputs])
            }
            trace.kept[place] = kept.rows(ready..<kept.rows)
        }
        if pass.endsStream { trace.kept = [] }
    }
}
