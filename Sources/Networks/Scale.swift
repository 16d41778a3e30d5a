import StimmungTensors

/// The element-wise affine map y = g ∘ x + o of every row: brings features to mean 0 and deviation 1 inside a network.
///
/// g (`g`) and o (`o`) have one element a unit; they start at 1 and 0, or at what `standardising` gives.
package struct Scale: Layer {
    package let inputs: Int
    package var outputs: Int { inputs }
    private let start: [Float]?

    package init(units: Int) {
        inputs = units
        start = nil
    }

    /// The map that takes values of this mean and deviation to mean 0 and deviation 1; deviations are above 0.
    package init(standardising mean: [Float], _ deviation: [Float]) {
        precondition(mean.count == deviation.count, "\(mean.count) means and \(deviation.count) deviations")
        inputs = mean.count
        start = deviation.map { 1 / $0 } + zip(mean, deviation).map { -$0 / $1 }
    }

    package var parameters: [ParameterShape] { [ParameterShape("g", columns: inputs), ParameterShape("o", columns: inputs)] }

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

    package func backward(
        _ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, trace: inout Void, output: Matrix,
        outputGradient: inout Matrix, gradient: inout [Float], inputGradient: inout Matrix?
    ) {
        // Bounds: x and δ are R × D, dθ is 2D.
        withPointers(reading: input.elements, outputGradient.elements, writing: &gradient) { x, δ, dθ in
            for row in stride(from: 0, to: input.rows * inputs, by: inputs) {
                for column in 0..<inputs {
                    dθ[column] += δ[row + column] * x[row + column]
                    dθ[inputs + column] += δ[row + column]
                }
            }
        }
        guard inputGradient != nil else { return }
        inputGradient!.resize(rows: input.rows)
        withPointers(reading: outputGradient.elements, parameters, writing: &inputGradient!.elements) { δ, θ, dx in
            for row in stride(from: 0, to: input.rows * inputs, by: inputs) {
                for column in 0..<inputs { dx[row + column] = θ[column] * δ[row + column] }
            }
        }
    }

    package func tangent(
        _ input: Matrix, _ pass: Pass, inputTangent: Matrix?, parameters: ArraySlice<Float>, parameterTangent: ArraySlice<Float>,
        trace: inout Void, output: Matrix, outputTangent: inout Matrix
    ) throws(TrainingError) {
        outputTangent.resize(rows: input.rows)
        let (g, ġ, ȯ) = (Array(parameters), Array(parameterTangent.prefix(inputs)), Array(parameterTangent.suffix(inputs)))
        for row in 0..<input.rows {
            for column in 0..<inputs {
                outputTangent[row, column] = ġ[column] * input[row, column] + g[column] * (inputTangent?[row, column] ?? 0) + ȯ[column]
            }
        }
    }
}
