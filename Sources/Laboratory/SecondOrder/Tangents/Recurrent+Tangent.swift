import CStimmungKernels
import StimmungNetworks
import StimmungTensors

// Shapes: R packed rows of D inputs, H cells, A arguments per cell.

extension RecurrentLayer {
    /// R{W_x} x_t + W_x R{x_t} + R{W_h} h_{t−1} + R{b} for every row: the tangents of the cells' arguments, except for W_h R{h_{t−1}}.
    ///
    /// - Parameter arguments: receives `R × A·H`.
    fileprivate func argumentTangents(
        _ values: LayerValues, _ direction: LayerDirection, into arguments: UnsafeMutablePointer<Float>
    ) {
        let rows = values.input.rows
        let result = MutableMatrixView(arguments, rows: rows, columns: width)
        // h_{t−1} of every row, R × H; 0 at the first step.
        let before = WorkingMemory()
        before.clear(rows * cells)
        values.output.elements.withUnsafeBufferPointer { h in
            for t in 1..<max(1, values.pass.batch.steps) {
                let step = RecurrentStep(t, of: values.pass.batch)
                guard let previous = step.previous, let h = h.baseAddress else { continue }
                (before.pointer + step.row * cells).update(from: h + previous * cells, count: step.count * cells)
            }
        }
        // Bounds: x and its tangent are R × D; θ and its tangent have the layout documented at `parameters`.
        withPointers(reading: values.input.elements, direction.parameters) { x, dθ in
            Product.multiply(
                MatrixView(x, rows: rows, columns: inputs), MatrixView(dθ, rows: width, columns: inputs).transposed, into: result)
            Product.multiply(
                MatrixView(before.pointer, rows: rows, columns: cells),
                MatrixView(dθ + recurrentOffset, rows: width, columns: cells).transposed, accumulates: true, into: result)
            ck_add_bias(rows, width, dθ + biasOffset, arguments)
        }
        guard let inputTangent = direction.input else { return }
        withPointers(reading: inputTangent.elements, values.parameters) { ẋ, θ in
            Product.multiply(
                MatrixView(ẋ, rows: rows, columns: inputs), MatrixView(θ, rows: width, columns: inputs).transposed, accumulates: true,
                into: result)
        }
    }

    /// Adds W_h R{h_{t−1}} to the tangents of the arguments at one step.
    ///
    /// - Parameters:
    ///   - ḣ: R{h}, `R × H`, computed up to the previous step.
    ///   - θ: the layer's parameters.
    fileprivate func addStateTangents(
        _ step: RecurrentStep, _ ḣ: UnsafePointer<Float>, _ θ: UnsafePointer<Float>, to arguments: UnsafeMutablePointer<Float>
    ) {
        guard let previous = step.previous else { return }
        Product.multiply(
            MatrixView(ḣ + previous * cells, rows: step.count, columns: cells),
            MatrixView(θ + recurrentOffset, rows: width, columns: cells).transposed, accumulates: true,
            into: MutableMatrixView(arguments + step.row * width, rows: step.count, columns: width))
    }
}

extension RNN: TangentLayer {
    /// R{h_t} = f′ ∘ R{a_t}, step by step.
    package func tangent(_ values: LayerValues, _ direction: LayerDirection, trace: inout Trace) -> Matrix {
        let batch = values.pass.batch
        var result = Matrix(rows: values.input.rows, columns: cells)
        // Bounds: h and its tangent are R × H; θ has the layout documented at `parameters`.
        withPointers(reading: values.output.elements, values.parameters, writing: &result.elements) { h, θ, ḣ in
            argumentTangents(values, direction, into: ḣ)
            for t in 0..<batch.steps {
                let step = RecurrentStep(t, of: batch)
                addStateTangents(step, ḣ, θ, to: ḣ)
                activation.differentiate(step.count * cells, h + step.row * cells, ḣ + step.row * cells)
            }
        }
        return result
    }
}

extension LSTM: TangentLayer {
    /// The tangents of the gates' arguments are those of a plain recurrent layer plus the peephole terms. With the gates' values i, f, z,
    /// o:
    ///
    ///     R{c_t} = R{f} c_{t−1} + f R{c_{t−1}} + R{i} z + i R{z},    R{h_t} = R{o} tanh(c_t) + o (1 − tanh²(c_t)) R{c_t}
    package func tangent(_ values: LayerValues, _ direction: LayerDirection, trace: inout Trace) -> Matrix {
        let (batch, rows) = (values.pass.batch, values.input.rows)
        var result = Matrix(rows: rows, columns: cells)
        // The tangents of the gates' arguments, R × 4H, and of the cells, R × H.
        let (gates, cell) = (WorkingMemory(), WorkingMemory())
        gates.reserve(rows * width)
        cell.reserve(rows * cells)
        let trace = trace
        argumentTangents(values, direction, into: gates.pointer)
        // Bounds: θ and its tangent have the layout documented at `parameters`, ḣ is R × H.
        withPointers(reading: values.parameters, direction.parameters, writing: &result.elements) { θ, dθ, ḣ in
            let unit = UnitTangents(
                memory: trace.memory, cells: cells, peepholes: θ + ownOffset, peepholeTangents: dθ + ownOffset, arguments: gates.pointer,
                cell: cell.pointer, hidden: ḣ)
            for t in 0..<batch.steps {
                let step = RecurrentStep(t, of: batch)
                addStateTangents(step, ḣ, θ, to: gates.pointer)
                for n in 0..<step.count { unit.compute(row: step.row + n, before: step.previous.map { $0 + n }) }
            }
        }
        return result
    }
}

/// The element-wise part of an LSTM's tangent.
private struct UnitTangents {
    let memory: LSTM.Memory
    /// H
    let cells: Int
    /// w_c and R{w_c}, `3 × H`
    let peepholes: UnsafePointer<Float>
    let peepholeTangents: UnsafePointer<Float>
    /// R{a}, `R × 4H`
    let arguments: UnsafePointer<Float>
    /// R{c}, `R × H`; written
    let cell: UnsafeMutablePointer<Float>
    /// R{h}, `R × H`; written
    let hidden: UnsafeMutablePointer<Float>

    /// - Parameter before: the row of the previous step, nil at the first step.
    func compute(row: Int, before: Int?) {
        let values = memory.gates.pointer + row * 4 * cells
        let changes = arguments + row * 4 * cells
        let (w, dw) = (peepholes, peepholeTangents)
        for j in 0..<cells {
            let (i, f, z, o) = (values[j], values[cells + j], values[2 * cells + j], values[3 * cells + j])
            let (c, squashed) = (memory.cell.pointer[row * cells + j], memory.squashed.pointer[row * cells + j])
            let old = before.map { memory.cell.pointer[$0 * cells + j] } ?? 0
            let oldChange = before.map { cell[$0 * cells + j] } ?? 0
            let ofI = i * (1 - i) * (changes[j] + dw[j] * old + w[j] * oldChange)
            let ofF = f * (1 - f) * (changes[cells + j] + dw[cells + j] * old + w[cells + j] * oldChange)
            let ofZ = (1 - z * z) * changes[2 * cells + j]
            let ofC = ofF * old + f * oldChange + ofI * z + i * ofZ
            let ofO = o * (1 - o) * (changes[3 * cells + j] + dw[2 * cells + j] * c + w[2 * cells + j] * ofC)
            cell[row * cells + j] = ofC
            hidden[row * cells + j] = ofO * squashed + o * (1 - squashed * squashed) * ofC
        }
    }
}
