import StimmungTensors

/// Two layers of the same kind over the same sequences, one forwards and one backwards in time (Schuster, Paliwal 1997; with LSTM: Graves,
/// Schmidhuber 2005).
///
///     Bidirectional(LSTM(inputs: 39, cells: 64))      // 128 outputs
///
///     y_t = (h→_t, h←_t),  h→ = f(x_1 … x_T),  h← = the reverse of f(x_T … x_1)
///
/// Each sequence is reversed within its own length, by a permutation of the packed rows. Each direction has its own copy of the layer's
/// parameters, `forward.W_x` … and `backward.W_x` …, with its own random initial values.
///
/// In the streaming phase, the forward direction carries its state from chunk to chunk, but the backward direction starts from zero at the
/// end of each chunk, because later frames are not yet available: the outputs depend on the chunk boundaries. To avoid this, run
/// overlapping chunks in the inference phase, as the recogniser does (see `looksAhead`).
package struct Bidirectional<Direction: Layer>: Layer {
    /// The layer of either direction: D inputs, K outputs, R rows.
    package let direction: Direction

    /// - Parameter direction: the layer to run in both directions, with separate parameters.
    package init(_ direction: Direction) {
        self.direction = direction
    }

    package var inputs: Int { direction.inputs }
    /// 2K, the forward direction's first
    package var outputs: Int { 2 * direction.outputs }
    package var looksAhead: Bool { true }
    package var isRecurrent: Bool { true }

    package func describe() -> LayerDescription {
        LayerDescription("bidirectional", of: self, attributes: ["direction": .layer(direction.describe())])
    }

    package var parameters: [ParameterShape] {
        ["forward", "backward"].flatMap { name in
            direction.parameters.map {
                ParameterShape("\(name).\($0.name)", rows: $0.rows, columns: $0.columns, isWeight: $0.isWeight, movement: $0.movement)
            }
        }
    }

    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {
        let count = direction.parameterCount
        for range in [0..<count, count..<2 * count] {
            var own = [Float](repeating: 0, count: count)
            direction.initialise(&own, using: &random)
            parameters.replaceSubrange(range, with: own)
        }
    }

    /// Memory kept from pass to pass: one half for each direction, and the reversed sequences.
    package struct Trace {
        package var forward: Half
        package var backward: Half
        /// R × D
        package fileprivate(set) var reversedInput: Matrix
        /// See `PackedBatch.reversal`.
        package fileprivate(set) var reversal: [Int] = []
    }

    /// One direction's trace and activations.
    package struct Half {
        package var trace: Direction.Trace
        /// R × K, in this direction's order of frames.
        package fileprivate(set) var output: Matrix
        fileprivate var gradients: LayerGradients

        fileprivate init(_ direction: Direction) {
            trace = direction.makeTrace()
            output = Matrix(rows: 0, columns: direction.outputs)
            gradients = LayerGradients(of: direction)
        }

        fileprivate mutating func prepareGradients(rows: Int, needsInput: Bool) {
            gradients.needsInput = needsInput
            gradients.output.resize(rows: rows)
            gradients.parameters.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        }
    }

    package func makeTrace() -> Trace {
        Trace(forward: Half(direction), backward: Half(direction), reversedInput: Matrix(rows: 0, columns: inputs))
    }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        let (rows, width, count) = (input.rows, direction.outputs, direction.parameterCount)
        trace.reversal = pass.batch.reversal
        trace.reversedInput.resize(rows: rows)
        trace.reversedInput.copy(0..<inputs, of: input, rows: trace.reversal)

        direction.forward(input, &pass, parameters: parameters.prefix(count), trace: &trace.forward.trace, output: &trace.forward.output)
        var anew = Pass(batch: pass.batch, phase: pass.phase == .streaming ? .inference : pass.phase, random: pass.random)
        anew.precision = pass.precision
        direction.forward(
            trace.reversedInput, &anew, parameters: parameters.suffix(count), trace: &trace.backward.trace, output: &trace.backward.output)
        pass.random = anew.random

        output.resize(rows: rows)
        output.copy(0..<width, of: trace.forward.output)
        output.copy(0..<width, of: trace.backward.output, rows: trace.reversal, to: width)
    }

    package func backward(_ values: LayerValues, trace: inout Trace, gradients: inout LayerGradients) {
        let (width, count, reversal) = (direction.outputs, direction.parameterCount, trace.reversal)
        trace.forward.prepareGradients(rows: values.output.rows, needsInput: gradients.needsInput)
        trace.backward.prepareGradients(rows: values.output.rows, needsInput: gradients.needsInput)
        trace.forward.gradients.output.copy(0..<width, of: gradients.output)
        trace.backward.gradients.output.copy(width..<2 * width, of: gradients.output, rows: reversal)

        let straight = LayerValues(
            input: values.input, output: trace.forward.output, parameters: values.parameters.prefix(count), pass: values.pass)
        direction.backward(straight, trace: &trace.forward.trace, gradients: &trace.forward.gradients)
        let reversed = LayerValues(
            input: trace.reversedInput, output: trace.backward.output, parameters: values.parameters.suffix(count), pass: values.pass)
        direction.backward(reversed, trace: &trace.backward.trace, gradients: &trace.backward.gradients)

        for (i, value) in trace.forward.gradients.parameters.enumerated() { gradients.parameters[i] += value }
        for (i, value) in trace.backward.gradients.parameters.enumerated() { gradients.parameters[count + i] += value }
        guard gradients.needsInput else { return }
        swap(&gradients.input, &trace.forward.gradients.input)
        gradients.input.add(trace.backward.gradients.input, rows: reversal)
    }
}

extension Matrix {
    /// Copies columns of another matrix with the same number of rows into the columns that start at `column`.
    ///
    /// - Parameter rows: the source row for each row of this matrix, a permutation; nil for the same row.
    package mutating func copy(_ columns: Range<Int>, of source: Matrix, rows: [Int]? = nil, to column: Int = 0) {
        let (count, width, target) = (source.rows, source.columns, self.columns)
        precondition(
            count == self.rows && columns.upperBound <= width && column + columns.count <= target && rows?.count ?? count == count,
            "shapes do not match")
        // Bounds: `rows` is a permutation of the row numbers, and the columns lie within both matrices.
        withPointers(reading: source.elements, writing: &elements) { source, destination in
            for row in 0..<count {
                let from = source + (rows?[row] ?? row) * width + columns.lowerBound
                (destination + row * target + column).update(from: from, count: columns.count)
            }
        }
    }

    /// Adds row `rows[r]` of another matrix of the same shape to each row r; `rows` is a permutation.
    fileprivate mutating func add(_ source: Matrix, rows: [Int]) {
        precondition(source.rows == self.rows && source.columns == columns && rows.count == source.rows, "shapes do not match")
        let width = columns
        // Bounds: `rows` is a permutation of the row numbers.
        withPointers(reading: source.elements, writing: &elements) { source, destination in
            for (row, other) in rows.enumerated() {
                for i in 0..<width { destination[row * width + i] += source[other * width + i] }
            }
        }
    }
}
