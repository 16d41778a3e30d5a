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

    /// - Parameter drawn: set to the factor of each element, 0 or 1 / (1 − rate).
    package func alter(_ output: inout Matrix, from random: inout RandomSource, drawn: inout [Float]) {
        draw(output.elements.count, from: &random, into: &drawn)
        scale(&output, by: drawn)
    }

    package func differentiate(_ gradient: inout Matrix, drawn: [Float]) {
        scale(&gradient, by: drawn)
    }

    private func draw(_ count: Int, from random: inout RandomSource, into mask: inout [Float]) {
        let threshold = UInt32((rate * 65536).rounded())
        let kept = 1 / (1 - rate)
        mask.removeAll(keepingCapacity: true)
        mask.reserveCapacity(count + 3)
        // Four elements per 64 random bits.
        for _ in 0..<(count + 3) / 4 {
            let bits = random.next()
            for lane in 0..<4 {
                mask.append(UInt32(UInt16(truncatingIfNeeded: bits >> (16 * UInt64(lane)))) < threshold ? 0 : kept)
            }
        }
        mask.removeLast(mask.count - count)
    }

    private func scale(_ x: inout Matrix, by mask: [Float]) {
        mask.withUnsafeBufferPointer { mask in
            x.elements.withUnsafeMutableBufferPointer { x in
                for i in mask.indices { x[i] *= mask[i] }
            }
        }
    }
}
