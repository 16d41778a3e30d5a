import CStimmungKernels
import StimmungNetworks
import StimmungTensors

extension ActivationLayer: SymmetricTangentLayer {}
extension LogSigmoid: SymmetricTangentLayer {}
extension Clip: SymmetricTangentLayer {}
extension Dropout: SymmetricTangentLayer {}
extension Noise: SymmetricTangentLayer {}

extension Dense: TangentLayer {
    /// R{y} = R{x} Wᵀ + x R{W}ᵀ + R{b}
    package func tangent(_ values: LayerValues, _ direction: LayerDirection, trace: inout Trace) -> Matrix {
        let rows = values.input.rows
        var result = Matrix(rows: rows, columns: outputs)
        // Bounds: x and its tangent are R × D, θ and its tangent have K·D + K elements, ẏ is R × K.
        withPointers(reading: values.input.elements, direction.parameters, writing: &result.elements) { x, dθ, ẏ in
            Product.multiply(
                MatrixView(x, rows: rows, columns: inputs), MatrixView(dθ, rows: outputs, columns: inputs).transposed,
                into: MutableMatrixView(ẏ, rows: rows, columns: outputs))
            ck_add_bias(rows, outputs, dθ + outputs * inputs, ẏ)
        }
        guard let inputTangent = direction.input else { return result }
        withPointers(reading: inputTangent.elements, values.parameters, writing: &result.elements) { ẋ, θ, ẏ in
            Product.multiply(
                MatrixView(ẋ, rows: rows, columns: inputs), MatrixView(θ, rows: outputs, columns: inputs).transposed, accumulates: true,
                into: MutableMatrixView(ẏ, rows: rows, columns: outputs))
        }
        return result
    }
}

extension Scale: TangentLayer {
    package func tangent(_ values: LayerValues, _ direction: LayerDirection, trace: inout Void) -> Matrix {
        let input = values.input
        var result = Matrix(rows: input.rows, columns: inputs)
        let (g, ġ, ȯ) = (
            Array(values.parameters), Array(direction.parameters.prefix(inputs)), Array(direction.parameters.suffix(inputs))
        )
        for row in 0..<input.rows {
            for column in 0..<inputs {
                result[row, column] = ġ[column] * input[row, column] + g[column] * (direction.input?[row, column] ?? 0) + ȯ[column]
            }
        }
        return result
    }
}

extension Context: TangentLayer {
    package func tangent(_ values: LayerValues, _ direction: LayerDirection, trace: inout Trace) -> Matrix {
        var result = Matrix(rows: 0, columns: outputs)
        gather(direction.input ?? Matrix(rows: values.input.rows, columns: inputs), values.pass.batch, into: &result)
        return result
    }
}

extension Bidirectional: TangentLayer where Direction: TangentLayer {
    package func tangent(_ values: LayerValues, _ direction: LayerDirection, trace: inout Trace) -> Matrix {
        let (rows, width, count) = (values.input.rows, self.direction.outputs, self.direction.parameterCount)
        var reversedTangent: Matrix?
        if let inputTangent = direction.input {
            var reversed = Matrix(rows: rows, columns: inputs)
            reversed.copy(0..<inputs, of: inputTangent, rows: trace.reversal)
            reversedTangent = reversed
        }
        let forward = self.direction.tangent(
            LayerValues(
                input: values.input, output: trace.forward.output, parameters: values.parameters.prefix(count), pass: values.pass),
            LayerDirection(input: direction.input, parameters: direction.parameters.prefix(count)), trace: &trace.forward.trace)
        let backward = self.direction.tangent(
            LayerValues(
                input: trace.reversedInput, output: trace.backward.output, parameters: values.parameters.suffix(count), pass: values.pass),
            LayerDirection(input: reversedTangent, parameters: direction.parameters.suffix(count)), trace: &trace.backward.trace)
        var result = Matrix(rows: rows, columns: outputs)
        result.copy(0..<width, of: forward)
        result.copy(0..<width, of: backward, rows: trace.reversal, to: width)
        return result
    }
}
