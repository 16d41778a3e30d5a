import StimmungTensors

/// Two layers of one kind over the same sequences, one from the first frame to the last, the other from the last to the first
/// (Schuster, Paliwal 1997; with LSTM: Graves, Schmidhuber 2005).
///
///     Bidirectional(LSTM(inputs: 39, cells: 64))      // 128 outputs
///
///     y_t = (h→_t, h←_t),  h→ = f(x_1 … x_T),  h← = the reverse of f(x_T … x_1)
///
/// Each sequence is reversed within its own length, by a permutation of the packed rows. Parameters are the layer's own twice,
/// `forward.W_x` … and `backward.W_x` …, each direction with a random start of its own.
///
/// In the streaming phase the forward direction goes on from chunk to chunk, but the backward direction begins at rest at the end of
/// each chunk, since later frames are not there yet: the outputs depend on how the stream is cut. Where that matters, run overlapping
/// chunks in the inference phase, as the recogniser does (see `looksAhead`).
package struct Bidirectional<Direction: Layer>: Layer {
    /// The layer of either direction, D inputs and K outputs.
    package let direction: Direction

    /// - Parameter direction: the layer that runs in both directions, each time with parameters of its own.
    package init(_ direction: Direction) {
        self.direction = direction
    }

    package var inputs: Int { direction.inputs }
    /// 2K, those of the forward direction first
    package var outputs: Int { 2 * direction.outputs }
    package var looksAhead: Bool { true }
    package var isRecurrent: Bool { true }

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

    /// What one pass leaves for the next: either direction's part, and the sequences reversed.
    package struct Trace {
        fileprivate var forward: Half<Direction>
        fileprivate var backward: Half<Direction>
        /// R × D
        fileprivate var reversedInput: Matrix
        /// R × D, the backward direction's part of the input's gradient.
        fileprivate var reversedInputGradient: Matrix?
        /// See `PackedBatch.reversal`.
        fileprivate var reversal: [Int] = []
    }

    package func makeTrace() -> Trace {
        Trace(forward: Half(direction), backward: Half(direction), reversedInput: Matrix(rows: 0, columns: inputs))
    }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        let (rows, width, count) = (input.rows, direction.outputs, direction.parameterCount)
        trace.reversal = pass.batch.reversal
        trace.reversedInput.resize(rows: rows)
        copy(input, 0..<inputs, rows: trace.reversal, to: &trace.reversedInput)

        direction.forward(input, &pass, parameters: parameters.prefix(count), trace: &trace.forward.trace, output: &trace.forward.output)
        var anew = Pass(batch: pass.batch, phase: pass.phase == .streaming ? .inference : pass.phase, random: pass.random)
        direction.forward(
            trace.reversedInput, &anew, parameters: parameters.suffix(count), trace: &trace.backward.trace, output: &trace.backward.output)
        pass.random = anew.random

        output.resize(rows: rows)
        copy(trace.forward.output, 0..<width, to: &output)
        copy(trace.backward.output, 0..<width, rows: trace.reversal, to: &output, at: width)
    }

    package func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        let (rows, width, count) = (input.rows, direction.outputs, direction.parameterCount)
        trace.forward.outputGradient.resize(rows: rows)
        trace.backward.outputGradient.resize(rows: rows)
        copy(outputGradient, 0..<width, to: &trace.forward.outputGradient)
        copy(outputGradient, width..<2 * width, rows: trace.reversal, to: &trace.backward.outputGradient)

        if inputGradient == nil {
            trace.reversedInputGradient = nil
        } else if trace.reversedInputGradient == nil {
            trace.reversedInputGradient = Matrix(rows: rows, columns: inputs)
        }
        trace.forward.backward(direction, input, pass, parameters.prefix(count), &inputGradient)
        trace.backward.backward(direction, trace.reversedInput, pass, parameters.suffix(count), &trace.reversedInputGradient)
        for (i, value) in trace.forward.gradient.enumerated() { gradient[i] += value }
        for (i, value) in trace.backward.gradient.enumerated() { gradient[count + i] += value }
        if let reversed = trace.reversedInputGradient { copy(reversed, 0..<inputs, rows: trace.reversal, to: &inputGradient!, adds: true) }
    }

    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Trace, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        let (rows, width, count) = (input.rows, direction.outputs, direction.parameterCount)
        var reversedTangent: Matrix?
        if let inputTangent {
            var reversed = Matrix(rows: rows, columns: inputs)
            copy(inputTangent, 0..<inputs, rows: trace.reversal, to: &reversed)
            reversedTangent = reversed
        }
        var (forward, backward) = (Matrix(rows: rows, columns: width), Matrix(rows: rows, columns: width))
        try direction.tangent(
            input, pass, inputTangent: inputTangent, parameters: parameters.prefix(count), parameterTangent: parameterTangent.prefix(count),
            trace: &trace.forward.trace, output: trace.forward.output, outputTangent: &forward)
        try direction.tangent(
            trace.reversedInput, pass, inputTangent: reversedTangent, parameters: parameters.suffix(count),
            parameterTangent: parameterTangent.suffix(count), trace: &trace.backward.trace, output: trace.backward.output,
            outputTangent: &backward)
        outputTangent.resize(rows: rows)
        copy(forward, 0..<width, to: &outputTangent)
        copy(backward, 0..<width, rows: trace.reversal, to: &outputTangent, at: width)
    }
}

/// One direction's trace and activations.
private struct Half<Direction: Layer> {
    var trace: Direction.Trace
    /// R × K, in this direction's order of frames.
    var output: Matrix
    var outputGradient: Matrix
    var gradient: [Float]

    init(_ direction: Direction) {
        trace = direction.makeTrace()
        output = Matrix(rows: 0, columns: direction.outputs)
        outputGradient = Matrix(rows: 0, columns: direction.outputs)
        gradient = [Float](repeating: 0, count: direction.parameterCount)
    }

    mutating func backward(
        _ direction: Direction, _ input: Matrix, _ pass: Pass, _ parameters: ArraySlice<Float>, _ inputGradient: inout Matrix?
    ) {
        gradient.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        direction.backward(
            input, pass, parameters: parameters, trace: &trace, output: output, outputGradient: &outputGradient, gradient: &gradient,
            inputGradient: &inputGradient)
    }
}

/// Copies some columns of every row into, or adds them to, the columns from `column` on.
///
/// - Parameters:
///   - rows: for each row of the destination the row of the source, nil for the same.
///   - destination: as many rows as the source.
private func copy(
    _ source: Matrix, _ columns: Range<Int>, rows: [Int]? = nil, to destination: inout Matrix, at column: Int = 0, adds: Bool = false
) {
    let (width, target) = (source.columns, destination.columns)
    precondition(
        source.rows == destination.rows && columns.upperBound <= width && column + columns.count <= target
            && rows?.count ?? source.rows == source.rows,
        "rows that do not fit")
    let count = source.rows
    // Bounds: a permutation's rows are below the number of rows, and the columns lie within both matrices.
    withPointers(reading: source.elements, writing: &destination.elements) { source, destination in
        for row in 0..<count {
            let from = source + (rows?[row] ?? row) * width + columns.lowerBound
            let to = destination + row * target + column
            if adds {
                for i in 0..<columns.count { to[i] += from[i] }
            } else {
                to.update(from: from, count: columns.count)
            }
        }
    }
}
