import CStimmungKernels
import StimmungTensors

extension RNN {
    /// R{h_t} = H′ ∘ (R{W_xh} x_t + W_xh R{x_t} + R{W_hh} h_{t−1} + W_hh R{h_{t−1}} + R{b_h}), step by step.
    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Trace, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        let (batch, rows, recurrent) = (pass.batch, input.rows, cells * inputs)
        outputTangent.resize(rows: rows)
        // Bounds: x is R × D, h and its tangent are R × H, θ and its tangent as `parameters` says.
        withPointers(reading: input.elements, parameterTangent, writing: &outputTangent.elements) { x, dθ, ḣ in
            Product.multiply(
                m: rows, n: cells, k: inputs, x, stride: inputs, dθ, stride: inputs, transposedB: true, beta: 0, ḣ, stride: cells)
            Product.multiply(
                m: rows, n: cells, k: cells, trace.before.pointer, stride: cells, dθ + recurrent, stride: cells, transposedB: true, beta: 1,
                ḣ,
                stride: cells)
            ck_add_bias(rows, cells, dθ + recurrent + cells * cells, ḣ)
        }
        if let inputTangent {
            withPointers(reading: inputTangent.elements, parameters, writing: &outputTangent.elements) { ẋ, θ, ḣ in
                Product.multiply(
                    m: rows, n: cells, k: inputs, ẋ, stride: inputs, θ, stride: inputs, transposedB: true, beta: 1, ḣ, stride: cells)
            }
        }
        withPointers(reading: output.elements, parameters, writing: &outputTangent.elements) { h, θ, ḣ in
            for t in 0..<batch.steps {
                let (at, count) = (batch.offsets[t] * cells, batch.counts[t])
                if t > 0 {
                    Product.multiply(
                        m: count, n: cells, k: cells, ḣ + batch.offsets[t - 1] * cells, stride: cells, θ + recurrent, stride: cells,
                        transposedB: true, beta: 1, ḣ + at, stride: cells)
                }
                switch activation {
                case .tanh: ck_tanh_backward(count * cells, h + at, ḣ + at)
                case .sigmoid: ck_sigmoid_backward(count * cells, h + at, ḣ + at)
                case .rectifier: ck_rectify_backward(count * cells, h + at, ḣ + at)
                }
            }
        }
    }
}
