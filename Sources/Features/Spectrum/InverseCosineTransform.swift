/// Approximate inverse of `CosineTransform`: from cepstral coefficients back to the transformed values.
///
///     x_b = Σ_n c_n / w_n · s_n · cos(π n (b + ½) / B)
///
/// The symbols are those of `CosineTransform`. That transform is orthonormal apart from the lifter, so its transpose inverts it; omitted
/// coefficients count as 0. With 26 log-mel bands and 13 coefficients, the smooth shape of the spectrum is recovered, but not its fine
/// structure.
package struct InverseCosineTransform: Sendable {
    /// The number of recovered values, `B`.
    package let outputs: Int
    /// The number of coefficients.
    package let coefficients: Int
    /// The factors, `outputs × coefficients`.
    private let factors: [Float]

    /// The inverse of `CosineTransform(inputs: outputs, coefficients: coefficients, lifter: lifter)`.
    package init(outputs: Int, coefficients: Int, lifter: Int) {
        let forward = CosineTransform(inputs: outputs, coefficients: coefficients, lifter: 0)
        let weights = CosineTransform.lifterWeights(coefficients, lifter: lifter)
        factors = (0..<outputs).flatMap { output in
            var unit = [Float](repeating: 0, count: outputs)
            unit[output] = 1
            // A lifter weight of 0, which occurs for some n above L, destroys its coefficient, which cannot be recovered.
            return zip(forward(unit), weights).map { abs($1) < 1e-6 ? 0 : $0 / Float($1) }
        }
        self.outputs = outputs
        self.coefficients = coefficients
    }

    /// The values for `cepstrum`, which must have `coefficients` elements.
    package func callAsFunction(_ cepstrum: some Collection<Float>) -> [Float] {
        precondition(cepstrum.count == coefficients, "\(cepstrum.count) coefficients for a transform of \(coefficients)")
        return (0..<outputs).map { output in
            zip(factors[output * coefficients..<(output + 1) * coefficients], cepstrum).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }
}
