import CStimmungKernels
import StimmungTensors

extension LSTM {
    /// The gates' arguments change as those of a plain recurrent layer, with the peepholes' share; then, with i, f, z, o the gates' values and
    /// R{} for the change along the direction,
    ///
    ///     R{c_t} = R{f} c_{t−1} + f R{c_{t−1}} + R{i} z + i R{z},    R{h_t} = R{o} tanh(c_t) + o (1 − tanh²(c_t)) R{c_t}
    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Trace, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        let (batch, rows, width, recurrent) = (pass.batch, input.rows, 4 * cells, 4 * cells * inputs)
        let peephole = recurrent + width * cells
        outputTangent.resize(rows: rows)
        // The changes of the gates' arguments, R × 4H, and of the cells, R × H.
        let gates = WorkingMemory()
        let cell = WorkingMemory()
        gates.reserve(rows * width)
        cell.reserve(rows * cells)
        // Bounds: x and its tangent are R × D, θ and its tangent as `parameters` says, the trace's memory as said there.
        withPointers(reading: input.elements, parameterTangent, writing: &outputTangent.elements) { x, dθ, _ in
            Product.multiply(
                m: rows, n: width, k: inputs, x, stride: inputs, dθ, stride: inputs, transposedB: true, beta: 0, gates.pointer,
                stride: width)
            Product.multiply(
                m: rows, n: width, k: cells, trace.before.pointer, stride: cells, dθ + recurrent, stride: cells, transposedB: true, beta: 1,
                gates.pointer, stride: width)
            ck_add_bias(rows, width, dθ + peephole + 3 * cells, gates.pointer)
        }
        if let inputTangent {
            withPointers(reading: inputTangent.elements, parameters, writing: &outputTangent.elements) { ẋ, θ, _ in
                Product.multiply(
                    m: rows, n: width, k: inputs, ẋ, stride: inputs, θ, stride: inputs, transposedB: true, beta: 1, gates.pointer,
                    stride: width)
            }
        }
        withPointers(reading: parameters, parameterTangent, writing: &outputTangent.elements) { θ, dθ, ḣ in
            for t in 0..<batch.steps {
                let (row, count) = (batch.offsets[t], batch.counts[t])
                if t > 0 {
                    Product.multiply(
                        m: count, n: width, k: cells, ḣ + batch.offsets[t - 1] * cells, stride: cells, θ + recurrent, stride: cells,
                        transposedB: true, beta: 1, gates.pointer + row * width, stride: width)
                }
                for n in 0..<count {
                    let before = t > 0 ? (batch.offsets[t - 1] + n) * cells : nil
                    unitTangents(row + n, before, θ + peephole, dθ + peephole, gates.pointer, cell.pointer, trace, ḣ)
                }
            }
        }
    }

    /// The element-wise part for one row; `before` is where the row of the step before begins in arrays of H columns, nil at the first step.
    private func unitTangents(
        _ row: Int, _ before: Int?, _ w: UnsafePointer<Float>, _ dw: UnsafePointer<Float>, _ arguments: UnsafePointer<Float>,
        _ cellTangent: UnsafeMutablePointer<Float>, _ trace: Trace, _ ḣ: UnsafeMutablePointer<Float>
    ) {
        let values = trace.gates.pointer + row * 4 * cells
        let changes = arguments + row * 4 * cells
        for j in 0..<cells {
            let (i, f, z, o) = (values[j], values[cells + j], values[2 * cells + j], values[3 * cells + j])
            let (c, squashed) = (trace.cell.pointer[row * cells + j], trace.squashed.pointer[row * cells + j])
            let old = before.map { trace.cell.pointer[$0 + j] } ?? 0
            let oldChange = before.map { cellTangent[$0 + j] } ?? 0
            let ofI = i * (1 - i) * (changes[j] + dw[j] * old + w[j] * oldChange)
            let ofF = f * (1 - f) * (changes[cells + j] + dw[cells + j] * old + w[cells + j] * oldChange)
            let ofZ = (1 - z * z) * changes[2 * cells + j]
            let ofC = ofF * old + f * oldChange + ofI * z + i * ofZ
            let ofO = o * (1 - o) * (changes[3 * cells + j] + dw[2 * cells + j] * c + w[2 * cells + j] * ofC)
            cellTangent[row * cells + j] = ofC
            ḣ[row * cells + j] = ofO * squashed + o * (1 - squashed * squashed) * ofC
        }
    }
}
