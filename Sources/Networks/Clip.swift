import StimmungTensors

/// Every element brought into −limit … limit: what lies far outside is no more than far outside.
package struct Clip: Layer {
    package let inputs: Int
    package var outputs: Int { inputs }
    /// Above 0.
    package let limit: Float

    package init(units: Int, limit: Float) {
        precondition(limit > 0, "a limit is above 0")
        inputs = units
        self.limit = limit
    }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Void, output: inout Matrix) {
        output.copy(input)
        for i in output.elements.indices where abs(output.elements[i]) > limit {
            output.elements[i] = output.elements[i] > 0 ? limit : -limit
        }
    }

    package func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Void, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        guard inputGradient != nil else { return }
        swap(&inputGradient!, &outputGradient)
        for i in input.elements.indices where abs(input.elements[i]) > limit { inputGradient!.elements[i] = 0 }
    }

    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Void, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        tangentOfSymmetric(input, pass, inputTangent: inputTangent, trace: &trace, output: output, outputTangent: &outputTangent)
    }
}
