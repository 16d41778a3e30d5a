import CStimmungKernels
import func Foundation.cos
import func Foundation.sin

/// The first coefficients of the orthonormal discrete cosine transform of the second kind, weighted by a cepstral lifter.
///
///     c_n = w_n · s_n · Σ_b x_b cos(π n (b + ½) / B),   s_0 = √(1/B), s_n = √(2/B),   w_n = 1 + L/2 · sin(π n / L)
///
/// `B` is the number of inputs, `L` the lifter (0: all `w_n` are 1). HTK's transform uses √(2/B) for `c_0` as well. The lifter brings the
/// coefficients to similar magnitudes: S. Young et al., *The HTK Book*, section 5.6.
package struct CosineTransform: Sendable {
    /// The number of inputs, `B`.
    package let inputs: Int
    /// The number of coefficients.
    package let coefficients: Int
    /// The factors, `inputs × coefficients`.
    private let factors: [Float]

    package init(inputs: Int, coefficients: Int, lifter: Int) {
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
    package static func lifterWeights(_ count: Int, lifter: Int) -> [Double] {
        (0..<count).map { n in
            lifter == 0 ? 1 : 1 + Double(lifter) / 2 * sin(.pi * Double(n) / Double(lifter))
        }
    }

    /// The coefficients of `values`, which must have `inputs` elements.
    package func callAsFunction(_ values: [Float]) -> [Float] {
        precondition(values.count == inputs, "\(values.count) values for a transform of \(inputs)")
        return (0..<coefficients).map { n in
            (0..<inputs).reduce(0) { $0 + values[$1] * factors[$1 * coefficients + n] }
        }
    }

    /// The coefficients of a group of frames: `values` must have `inputs` lanes, and `output` receives `coefficients` lanes.
    func apply(_ values: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>) {
        let lanes = FourierTransform.lanes
        precondition(values.count == lanes * inputs && output.count == lanes * coefficients, "buffers do not fit a transform of \(inputs)")
        factors.withUnsafeBufferPointer { factors in
            ck_cosine_transform(inputs, coefficients, factors.baseAddress, values.baseAddress, output.baseAddress)
        }
    }
}
