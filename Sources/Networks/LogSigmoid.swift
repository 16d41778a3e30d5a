import CStimmungKernels
import Foundation
import StimmungTensors

/// log σ(x) of every element: the logarithm of sigmoid outputs, computed without underflow.
///
/// On top of a network it makes ŷ = σ(a) the outputs and their shares ŷ_k / Σ_j ŷ_j the posteriors, since log softmax(log ŷ) is the
/// logarithm of the shares. It goes with the loss `squaredError` of `FrameLoss`.
package struct LogSigmoid: Layer {
    package let inputs: Int
    package var outputs: Int { inputs }

    package init(units: Int) {
        inputs = units
    }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Void, output: inout Matrix) {
        output.resize(rows: input.rows)
        // log σ(x) = −softplus(−x)
        withPointers(reading: input.elements, writing: &output.elements) { x, y in
            let count = input.elements.count
            for i in 0..<count { y[i] = -x[i] }
            ck_softplus(count, y, y)
            for i in 0..<count { y[i] = -y[i] }
        }
    }

    package func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Void, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        guard inputGradient != nil else { return }
        swap(&inputGradient!, &outputGradient)
        withPointers(reading: output.elements, writing: &inputGradient!.elements) { y, dx in
            for i in 0..<output.elements.count { dx[i] *= -expm1(y[i]) }
        }
    }

    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Void, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        tangentOfSymmetric(input, pass, inputTangent: inputTangent, trace: &trace, output: output, outputTangent: &outputTangent)
    }
}
