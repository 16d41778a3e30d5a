import CStimmungKernels
import StimmungTensors

/// The rectifier max(x, 0) of every element.
package struct Rectifier: Layer {
    package let inputs: Int
    package var outputs: Int { inputs }

    package init(units: Int) {
        inputs = units
    }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Void, output: inout Matrix) {
        output.copy(input)
        output.elements.withUnsafeMutableBufferPointer { if let y = $0.baseAddress { ck_rectify($0.count, y) } }
    }

    package func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Void, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        guard inputGradient != nil else { return }
        swap(&inputGradient!, &outputGradient)
        withPointers(reading: output.elements, writing: &inputGradient!.elements) { y, dx in
            ck_rectify_backward(output.elements.count, y, dx)
        }
    }

    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Void, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        tangentOfSymmetric(input, pass, inputTangent: inputTangent, trace: &trace, output: output, outputTangent: &outputTangent)
    }
}
