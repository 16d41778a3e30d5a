import CStimmungKernels
import Foundation
import StimmungSupport
import StimmungTensors

/// Activation functions of hidden units. The derivative of each is a function of its value.
package enum Activation: String, Choice, Sendable {
    case tanh
    /// σ(a) = 1 / (1 + e^−a)
    case sigmoid
    /// max(a, 0)
    case rectifier

    /// y = f(x), `count` elements each; y may be x.
    package func apply(_ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        switch self {
        case .tanh: ck_tanh(count, x, y)
        case .sigmoid: ck_sigmoid(count, x, y)
        case .rectifier:
            if x != UnsafePointer(y) { y.update(from: x, count: count) }
            ck_rectify(count, y)
        }
    }

    /// Multiplies gradients with respect to the values y by f′, in place, `count` elements each.
    package func differentiate(_ count: Int, _ y: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>) {
        switch self {
        case .tanh: ck_tanh_backward(count, y, gradient)
        case .sigmoid: ck_sigmoid_backward(count, y, gradient)
        case .rectifier: ck_rectify_backward(count, y, gradient)
        }
    }
}

/// A layer that applies one function to every element: a forward and a backward kernel.
package protocol ElementwiseLayer: Layer where Trace == Void {
    /// y = f(x), `count` elements each.
    func apply(_ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>)

    /// Multiplies `gradient` by f′ in place, given the inputs x and the outputs y.
    func differentiate(
        _ count: Int, input x: UnsafePointer<Float>, output y: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>)
}

extension ElementwiseLayer {
    package var outputs: Int { inputs }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Void, output: inout Matrix) {
        let count = input.elements.count
        output.resize(rows: input.rows)
        guard count > 0 else { return }
        withPointers(reading: input.elements, writing: &output.elements) { x, y in apply(count, x, y) }
    }

    package func backward(_ values: LayerValues, trace: inout Void, gradients: inout LayerGradients) {
        let count = values.output.elements.count
        guard gradients.needsInput, count > 0 else { return }
        swap(&gradients.input, &gradients.output)
        withPointers(reading: values.input.elements, values.output.elements, writing: &gradients.input.elements) { x, y, dx in
            differentiate(count, input: x, output: y, dx)
        }
    }
}

/// An element-wise `Activation`.
package struct ActivationLayer: ElementwiseLayer {
    package let function: Activation
    package let inputs: Int
    package var role: LayerRole { .activation(function) }

    package init(_ function: Activation, units: Int) {
        self.function = function
        inputs = units
    }

    /// The operation has the name of the function: `tanh`, `sigmoid` or `rectifier`.
    package func describe() -> LayerDescription { LayerDescription(function.rawValue, of: self) }

    package func apply(_ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) { function.apply(count, x, y) }

    package func differentiate(
        _ count: Int, input x: UnsafePointer<Float>, output y: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
    ) {
        function.differentiate(count, y, gradient)
    }
}

/// Element-wise log σ(x), computed without underflow.
///
/// As the top layer of a network, it outputs log ŷ of sigmoid outputs ŷ = σ(a). The posteriors, the softmax of log ŷ, are then ŷ_k / Σ_j
/// ŷ_j. Use it with the loss `squaredError` of `FrameLoss`.
package struct LogSigmoid: ElementwiseLayer {
    package let inputs: Int

    package init(units: Int) {
        inputs = units
    }

    package func describe() -> LayerDescription { LayerDescription("log-sigmoid", of: self) }

    /// log σ(x) = −softplus(−x)
    package func apply(_ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        for i in 0..<count { y[i] = -x[i] }
        ck_softplus(count, y, y)
        for i in 0..<count { y[i] = -y[i] }
    }

    /// 1 − σ(x) = 1 − e^y
    package func differentiate(
        _ count: Int, input x: UnsafePointer<Float>, output y: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
    ) {
        for i in 0..<count { gradient[i] *= -expm1(y[i]) }
    }
}

/// Limits every element to −limit … limit, so that outliers cannot dominate.
package struct Clip: ElementwiseLayer {
    package let inputs: Int
    /// Above 0.
    package let limit: Float

    package init(units: Int, limit: Float) {
        precondition(limit > 0, "the limit must be above 0")
        inputs = units
        self.limit = limit
    }

    package func describe() -> LayerDescription { LayerDescription("clip", of: self, attributes: ["limit": .number(limit)]) }

    package func apply(_ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        for i in 0..<count { y[i] = abs(x[i]) > limit ? (x[i] > 0 ? limit : -limit) : x[i] }
    }

    package func differentiate(
        _ count: Int, input x: UnsafePointer<Float>, output y: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
    ) {
        for i in 0..<count where abs(x[i]) > limit { gradient[i] = 0 }
    }
}

/// The affine map y = g ∘ x + o per row, which standardises features inside a network.
///
/// Shapes: R rows, D units; `g` and `o` are D. They start at 1 and 0, or at the values of `init(standardising:_:)`.
package struct Scale: Layer {
    package let inputs: Int
    package var outputs: Int { inputs }
    private let start: [Float]?

    package init(units: Int) {
        inputs = units
        start = nil
    }

    /// The map that standardises values with this mean and standard deviation to mean 0 and deviation 1. Deviations are above 0.
    package init(standardising mean: [Float], _ deviation: [Float]) {
        precondition(mean.count == deviation.count, "\(mean.count) means and \(deviation.count) deviations")
        inputs = mean.count
        start = deviation.map { 1 / $0 } + zip(mean, deviation).map { -$0 / $1 }
    }

    package var parameters: [ParameterShape] { [ParameterShape("g", columns: inputs), ParameterShape("o", columns: inputs)] }

    package func describe() -> LayerDescription { LayerDescription("scale", of: self) }

    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {
        parameters = start ?? [Float](repeating: 1, count: inputs) + [Float](repeating: 0, count: inputs)
    }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout Void, output: inout Matrix) {
        output.resize(rows: input.rows)
        // Bounds: x and y are R × D, θ is 2D.
        withPointers(reading: input.elements, parameters, writing: &output.elements) { x, θ, y in
            for row in stride(from: 0, to: input.rows * inputs, by: inputs) {
                for column in 0..<inputs { y[row + column] = θ[column] * x[row + column] + θ[inputs + column] }
            }
        }
    }

    package func backward(_ values: LayerValues, trace: inout Void, gradients: inout LayerGradients) {
        let (input, units) = (values.input, inputs)
        gradients.input.resize(rows: gradients.needsInput ? input.rows : 0)
        // Bounds: x, δ and dx are R × D, θ and dθ are 2D.
        gradients.withPointers { δ, dθ, dx in
            withPointers(reading: input.elements, values.parameters) { x, θ in
                for row in stride(from: 0, to: input.rows * units, by: units) {
                    for column in 0..<units {
                        dθ[column] += δ[row + column] * x[row + column]
                        dθ[units + column] += δ[row + column]
                    }
                }
                guard let dx else { return }
                for row in stride(from: 0, to: input.rows * units, by: units) {
                    for column in 0..<units { dx[row + column] = θ[column] * δ[row + column] }
                }
            }
        }
    }
}
