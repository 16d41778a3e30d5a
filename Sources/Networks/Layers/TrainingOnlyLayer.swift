import StimmungTensors

/// A layer that alters its input at random in training and is the identity otherwise. Its trace holds the random values.
package protocol TrainingOnlyLayer: Layer where Trace == [Float] {
    /// Whether the layer alters anything in training.
    var isActive: Bool { get }

    /// Alters a copy of the input.
    ///
    /// - Parameter drawn: set to the random values that `differentiate` needs; reused from pass to pass.
    func alter(_ output: inout Matrix, from random: inout RandomSource, drawn: inout [Float])

    /// Turns ∂L/∂y into ∂L/∂x, in place.
    func differentiate(_ gradient: inout Matrix, drawn: [Float])
}

extension TrainingOnlyLayer {
    package var outputs: Int { inputs }
    package var role: LayerRole { .identity }

    package func makeTrace() -> [Float] { [] }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>, trace: inout [Float], output: inout Matrix) {
        output.copy(input)
        guard pass.phase == .training, isActive else { return }
        alter(&output, from: &pass.random, drawn: &trace)
    }

    package func backward(_ values: LayerValues, trace: inout [Float], gradients: inout LayerGradients) {
        guard gradients.needsInput else { return }
        swap(&gradients.input, &gradients.output)
        if isActive { differentiate(&gradients.input, drawn: trace) }
    }
}
