import CStimmungKernels
import StimmungTensors

/// Dropout: in training, sets each element to 0 with probability `rate` and divides it by 1 − `rate` otherwise; in inference, the identity.
///
/// Source: N. Srivastava et al., *Dropout*, JMLR 15 (2014), in the inverted form that leaves inference unchanged.
package struct Dropout: TrainingOnlyLayer {
    package let inputs: Int
    /// Probability of dropping an element, 0 ≤ rate < 1, in steps of 2⁻¹⁶.
    package let rate: Float

    package init(units: Int, rate: Float) {
        precondition(rate >= 0 && rate < 1, "the dropout rate must be in 0 ..< 1")
        inputs = units
        self.rate = rate
    }

    package func describe() -> LayerDescription { LayerDescription("dropout", of: self, attributes: ["rate": .number(rate)]) }

    package var isActive: Bool { rate > 0 }

    /// - Parameter drawn: its first values are set to the factor of each element, 0 or 1 / (1 − rate).
    package func alter(_ output: inout Matrix, from random: inout RandomSource, drawn: inout [Float]) {
        let count = output.elements.count
        guard count > 0 else { return }
        if drawn.count < count { drawn = [Float](repeating: 0, count: count) }
        let threshold = UInt32((rate * 65536).rounded())
        // Bounds: at least `count` factors.
        drawn.withUnsafeMutableBufferPointer { factors in
            output.elements.withUnsafeMutableBufferPointer { x in
                guard let factors = factors.baseAddress, let x = x.baseAddress else { return }
                random.withState { ck_dropout(count, threshold, 1 / (1 - rate), $0, factors, x) }
            }
        }
    }

    package func differentiate(_ gradient: inout Matrix, drawn: [Float]) {
        drawn.withUnsafeBufferPointer { factors in
            gradient.elements.withUnsafeMutableBufferPointer { x in
                for i in x.indices { x[i] *= factors[i] }
            }
        }
    }
}
