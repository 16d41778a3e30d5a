import func Foundation.cos
import func Foundation.sin

/// The orthonormal discrete cosine transform of the second kind, its first coefficients only, weighted by a cepstral lifter.
///
///     c_n = w_n · s_n · Σ_b x_b cos(π n (b + ½) / B),   s_0 = √(1/B), s_n = √(2/B),   w_n = 1 + L/2 · sin(π n / L)
///
/// `B` inputs, `L` the lifter (0: all `w_n` are 1). HTK's transform takes √(2/B) for `c_0` also.
/// The lifter evens out the coefficients' sizes: S. Young et al., *The HTK Book*, section 5.6.
public struct CosineTransform: Sendable {
    /// The number of inputs, `B`.
    public let inputs: Int
    /// The number of coefficients.
    public let coefficients: Int
    /// The factors, `inputs × coefficients`: the row of an input is added to all coefficients at once, a loop that vectorises.
    private let factors: [Float]

    public init(inputs: Int, coefficients: Int, lifter: Int) {
        let weights = CosineTransform.lifterWeights(coefficients, lifter: lifter)
        var factors: [Float] = []
        for input in 0..<inputs {
            for n in 0..<coefficients {
                let scale = ((n == 0 ? 1 : 2) / Double(inputs)).squareRoot()
                factors.append(Float(weights[n] * scale * cos(.pi * Double(n) * (Double(input) + 0.5) / Double(inputs))))
            }
        }
        self.inputs = inputs
        self.coefficients = coefficients
        self.factors = factors
    }

    /// The weights `1 + L/2 · sin(π n / L)` of the first `count` coefficients; all 1 for `lifter` 0.
    public static func lifterWeights(_ count: Int, lifter: Int) -> [Double] {
        (0..<count).map { n in
            lifter == 0 ? 1 : 1 + Double(lifter) / 2 * sin(.pi * Double(n) / Double(lifter))
        }
    }

    /// The coefficients of `values`, which must be `inputs` numbers.
    public func callAsFunction(_ values: [Float]) -> [Float] {
        precondition(values.count == inputs, "\(values.count) values for a transform of \(inputs)")
        return [Float](unsafeUninitializedCapacity: coefficients) { output, count in
            values.withUnsafeBufferPointer { apply($0, into: UnsafeMutableBufferPointer(rebasing: output[..<coefficients])) }
            count = coefficients
        }
    }

    /// `values` must hold `inputs` numbers, `output` gets `coefficients`.
    func apply(_ values: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>) {
        output.update(repeating: 0)
        factors.withUnsafeBufferPointer { factors in
            for input in 0..<inputs {
                let value = values[input]
                let row = input * coefficients
                for n in 0..<coefficients {
                    output[n] += value * factors[row + n]
                }
            }
        }
    }
}
