import CKernels
import Tensors

/// The hyperbolic tangent of every element.
public struct Tanh: Layer {
    public let inputs: Int
    public var outputs: Int { inputs }

    public init(units: Int) {
        inputs = units
    }

    public func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Void, output: inout Matrix) {
        output.resize(rows: input.rows)
        withPointers(reading: input.elements, writing: &output.elements) { x, y in ck_tanh(input.elements.count, x, y) }
    }

    public func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Void, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        guard inputGradient != nil else { return }
        swap(&inputGradient!, &outputGradient)
        withPointers(reading: output.elements, writing: &inputGradient!.elements) { y, dx in
            ck_tanh_backward(output.elements.count, y, dx)
        }
    }

    public func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Void, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        tangentOfSymmetric(input, pass, inputTangent: inputTangent, trace: &trace, output: output, outputTangent: &outputTangent)
    }
}
