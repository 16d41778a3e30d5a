/// Back from cepstral coefficients to the values that they were made of, as far as the coefficients tell.
///
///     x_b = Σ_n c_n / w_n · s_n · cos(π n (b + ½) / B)
///
/// with the symbols of `CosineTransform`. The transform there is orthonormal but for the lifter, so its transpose undoes it; the coefficients that
/// were left out count as 0. Of 26 log-mel bands and 13 coefficients the smooth shape of the spectrum comes back, and its fine structure does not.
package struct InverseCosineTransform: Sendable {
    /// The number of values that come back, `B`.
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
            // A weight of 0, as `1 + L/2 sin(πn/L)` has for some n above L, has destroyed its coefficient: nothing comes back.
            return zip(forward(unit), weights).map { abs($1) < 1e-6 ? 0 : $0 / Float($1) }
        }
        self.outputs = outputs
        self.coefficients = coefficients
    }

    /// The values of `cepstrum`, which must be `coefficients` numbers.
    package func callAsFunction(_ cepstrum: some Collection<Float>) -> [Float] {
        precondition(cepstrum.count == coefficients, "\(cepstrum.count) coefficients for a transform of \(coefficients)")
        return (0..<outputs).map { output in
            zip(factors[output * coefficients..<(output + 1) * coefficients], cepstrum).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }
}
