import CStimmungKernels
import StimmungTensors

/// The affine map a = W x + b of every row.
///
/// W is K × D (`W`), b has K elements (`b`). W starts uniform within ±gain · √(6 / (D + K)), b at 0: X. Glorot, Y. Bengio, *Understanding the
/// difficulty of training deep feedforward neural networks* (2010). Under logistic units, whose slope is a quarter, a gain of 4 keeps the signal.
package struct Dense: Layer {
    package let inputs: Int
    package let outputs: Int

    private let gain: Float

    package init(inputs: Int, outputs: Int, gain: Float = 1) {
        self.inputs = inputs
        self.outputs = outputs
        self.gain = gain
    }

    package var parameters: [ParameterShape] {
        [ParameterShape("W", rows: outputs, columns: inputs, isWeight: true), ParameterShape("b", columns: outputs)]
    }

    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {
        let limit = gain * (6 / Float(inputs + outputs)).squareRoot()
        for i in 0..<outputs * inputs { parameters[i] = random.uniform(in: -limit..<limit) }
    }

    package struct Trace {
        /// Wᵀ for the forward pass.
        let weights = PackedOperand()
    }

    package func makeTrace() -> Trace { Trace() }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        let rows = input.rows
        output.resize(rows: rows)
        // Bounds: x is R × D, θ is K·D + K, y is R × K.
        withPointers(reading: input.elements, parameters, writing: &output.elements) { x, θ, y in
            if PackedOperand.prefersPanels, pass.phase != .training {
                // The first product of oneDNN in a process writes its machine code, 12 ms: a third of the time for one short recording.
                // Training takes oneDNN's all the same, whose sums the published figures come from.
                trace.weights.set(rows: inputs, columns: outputs, θ, stride: inputs, transposed: true)
                trace.weights.multiply(m: rows, x, stride: inputs, accumulates: false, y, stride: outputs)
            } else {
                Product.multiply(
                    m: rows, n: outputs, k: inputs, x, stride: inputs, θ, stride: inputs, transposedB: true, beta: 0, y, stride: outputs)
            }
            ck_add_bias(rows, outputs, θ + outputs * inputs, y)
        }
    }

    package func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        let rows = input.rows
        // Bounds: x is R × D, δ is R × K, dθ is K·D + K.
        withPointers(reading: input.elements, outputGradient.elements, writing: &gradient) { x, δ, dθ in
            Product.multiply(
                m: outputs, n: inputs, k: rows, δ, stride: outputs, transposedA: true, x, stride: inputs, beta: 1, dθ, stride: inputs)
            ck_add_column_sums(rows, outputs, δ, dθ + outputs * inputs)
        }
        guard inputGradient != nil else { return }
        inputGradient!.resize(rows: rows)
        // Bounds: as above, and dx is R × D.
        withPointers(reading: outputGradient.elements, parameters, writing: &inputGradient!.elements) { δ, θ, dx in
            Product.multiply(m: rows, n: inputs, k: outputs, δ, stride: outputs, θ, stride: inputs, beta: 0, dx, stride: inputs)
        }
    }

    /// R{y} = R{x} Wᵀ + x R{W}ᵀ + R{b}
    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Trace, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        let rows = input.rows
        outputTangent.resize(rows: rows)
        // Bounds: x and its tangent are R × D, θ and its tangent are K·D + K, ẏ is R × K.
        withPointers(reading: input.elements, parameterTangent, writing: &outputTangent.elements) { x, dθ, ẏ in
            Product.multiply(
                m: rows, n: outputs, k: inputs, x, stride: inputs, dθ, stride: inputs, transposedB: true, beta: 0, ẏ, stride: outputs)
            ck_add_bias(rows, outputs, dθ + outputs * inputs, ẏ)
        }
        guard let inputTangent else { return }
        withPointers(reading: inputTangent.elements, parameters, writing: &outputTangent.elements) { ẋ, θ, ẏ in
            Product.multiply(
                m: rows, n: outputs, k: inputs, ẋ, stride: inputs, θ, stride: inputs, transposedB: true, beta: 1, ẏ, stride: outputs)
        }
    }
}
