import CStimmungKernels
import StimmungTensors

/// The affine map a = W x + b per row.
///
/// Shapes: R rows, D inputs, K outputs; `W` is K × D, `b` is K. W is initialised uniformly within ±gain · √(6 / (D + K)), b to 0: X.
/// Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010). Below logistic units, whose slope
/// is a quarter, a gain of 4 preserves the signal.
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

    package var role: LayerRole { .affine }

    package func describe() -> LayerDescription { LayerDescription("dense", of: self) }

    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {
        let limit = gain * (6 / Float(inputs + outputs)).squareRoot()
        for i in 0..<outputs * inputs { parameters[i] = random.uniform(in: -limit..<limit) }
    }

    package struct Trace {
        /// Wᵀ for the forward pass.
        let weights = PackedOperand()
        /// The operands of the backward pass in bfloat16.
        let backwardWeights = PackedOperand()
        let gradients = PackedOperand()
        let inputRows = PackedOperand()
    }

    package func makeTrace() -> Trace { Trace() }

    /// The precision of the products: float32 in narrow layers, such as that of the classes, which gain nothing.
    private func precision(of pass: Pass) -> Precision { outputs < CK_PANEL ? .float32 : pass.precision }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Trace, output: inout Matrix) {
        let rows = input.rows
        output.resize(rows: rows)
        // Bounds: x is R × D, θ is K·D + K, y is R × K.
        withPointers(reading: input.elements, parameters, writing: &output.elements) { [pass, trace] x, θ, y in
            let weights = MatrixView(θ, rows: outputs, columns: inputs).transposed
            let x = MatrixView(x, rows: rows, columns: inputs)
            let product = MutableMatrixView(y, rows: rows, columns: outputs)
            // In float32, the same bits either way.
            if isPacked(weights, trace, for: pass, rows: rows, parameters) {
                trace.weights.multiply(x, into: product)
            } else {
                Product.multiply(x, weights, into: product)
            }
            ck_add_bias(rows, outputs, θ + outputs * inputs, y)
        }
    }

    /// Packs the weights, where that pays: those that do not change once, and in bfloat16 always.
    private func isPacked(
        _ weights: MatrixView, _ trace: Trace, for pass: Pass, rows: Int, _ parameters: ArraySlice<Float>
    ) -> Bool {
        let precision = precision(of: pass)
        guard pass.phase == .training else { return trace.weights.set(weights, from: parameters, forRows: rows, precision) }
        if precision == .float32 { return false }
        trace.weights.set(weights, precision)
        return true
    }

    package func backward(_ values: LayerValues, trace: inout Trace, gradients: inout LayerGradients) {
        let rows = values.input.rows
        gradients.input.resize(rows: gradients.needsInput ? rows : 0)
        let (trace, precision) = (trace, precision(of: values.pass))
        // Bounds: x and dx are R × D, δ is R × K, θ and dθ are K·D + K.
        gradients.withPointers { δ, dθ, dx in
            withPointers(reading: values.input.elements, values.parameters) { x, θ in
                let gradient = MatrixView(δ, rows: rows, columns: outputs)
                let input = MatrixView(x, rows: rows, columns: inputs)
                let weights = MatrixView(θ, rows: outputs, columns: inputs)
                let inputGradient = dx.map { MutableMatrixView($0, rows: rows, columns: inputs) }
                ck_add_column_sums(rows, outputs, δ, dθ + outputs * inputs)
                switch precision {
                case .float32:
                    Product.multiply(
                        gradient.transposed, input, accumulates: true, into: MutableMatrixView(dθ, rows: outputs, columns: inputs))
                    if let inputGradient { Product.multiply(gradient, weights, into: inputGradient) }
                case .bfloat16:
                    trace.gradients.set(gradient, precision)
                    trace.inputRows.set(input, precision)
                    trace.gradients.addTransposedProduct(with: trace.inputRows, to: dθ)
                    guard let inputGradient else { return }
                    trace.backwardWeights.set(weights, precision)
                    trace.backwardWeights.multiply(gradient, into: inputGradient)
                }
            }
        }
    }
}
