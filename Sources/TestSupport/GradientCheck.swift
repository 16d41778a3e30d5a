import StimmungNetworks
import StimmungTensors

/// Relative distances ‖a − n‖ / ‖n‖ between a layer's analytic gradients a and central finite differences n.
package struct GradientDistance: Sendable {
    /// One per parameter array, by name, and one for `input`.
    package var distances: [String: Double] = [:]
    package var worst: Double { distances.values.max() ?? 0 }
}

/// Compares a layer's gradients with finite differences of the function Σ r ∘ output, r random, on a batch of mixed lengths.
///
/// - Parameter step: the perturbation; single precision needs about 1e-2.
package func gradientDistance<L: Layer>(
    of layer: L, lengths: [Int], seed: UInt64, step: Float = 1e-2, phase: Phase = .training
) -> GradientDistance {
    var random = RandomSource(seed: seed)
    let batch = PackedBatch(lengths: lengths)
    func normal(_ count: Int, scale: Float) -> [Float] { (0..<count).map { _ in scale * random.normal() } }
    var input = Matrix(rows: batch.rows, columns: layer.inputs, elements: normal(batch.rows * layer.inputs, scale: 1))
    // Not the layer's initial values: zeros among them would hide a wrong gradient.
    var parameters = normal(layer.parameterCount, scale: 0.4)
    let objective = Matrix(rows: batch.rows, columns: layer.outputs, elements: normal(batch.rows * layer.outputs, scale: 1))
    let pass = Pass(batch: batch, phase: phase, random: RandomSource(seed: seed))

    var trace = layer.makeTrace()
    var output = Matrix(rows: 0, columns: layer.outputs)
    func value() -> Double {
        var own = pass
        layer.forward(input, &own, parameters: parameters[...], trace: &trace, output: &output)
        return zip(output.elements, objective.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    _ = value()
    var gradients = LayerGradients(of: layer)
    gradients.output = objective
    layer.backward(
        LayerValues(input: input, output: output, parameters: parameters[...], pass: pass), trace: &trace, gradients: &gradients)
    let (gradient, analyticInput) = (gradients.parameters, gradients.input.elements)

    func numeric(_ change: (Float) -> Void) -> Double {
        change(step)
        let above = value()
        change(-2 * step)
        let below = value()
        change(step)
        return (above - below) / (2 * Double(step))
    }
    func distance(_ analytic: [Float], _ numeric: [Double]) -> Double {
        let difference = zip(analytic, numeric).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        return (difference / numeric.reduce(1e-12) { $0 + $1 * $1 }).squareRoot()
    }

    var result = GradientDistance()
    var offset = 0
    for shape in layer.parameters {
        let range = offset..<offset + shape.count
        offset += shape.count
        // A running statistic has no gradient.
        if shape.movement != nil { continue }
        result.distances[shape.name] = distance(Array(gradient[range]), range.map { i in numeric { parameters[i] += $0 } })
    }
    result.distances["input"] = distance(analyticInput, input.elements.indices.map { i in numeric { input.elements[i] += $0 } })
    return result
}
