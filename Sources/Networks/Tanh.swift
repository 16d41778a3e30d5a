import CStimmungKernels
import StimmungTensors

/// The hyperbolic tangent of every element.
package struct Tanh: Layer {
    package let inputs: Int
    package var outputs: Int { inputs }

    package init(units: Int) {
        inputs = units
    }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Void, output: inout Matrix) {
        output.resize(rows: input.rows)
        withPointers(reading: input.elements, writing: &output.elements) { x, y in ck_tanh(input.elements.count, x, y) }
    }

    package func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Void, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        guard inputGradient != nil else { return }
        swap(&inputGradient!, &outputGradient)
        withPointers(reading: output.elements, writing: &inputGradient!.elements) { y, dx in
            ck_tanh_backward(output.elements.count, y, dx)
        }
    }

    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Void, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        tangentOfSymmetric(input, pass, inputTangent: inputTangent, trace: &trace, output: output, outputTangent: &outputTangent)
    }
}
