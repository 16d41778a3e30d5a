/// The state of sixteen xoshiro128+ generators, from which the sampling kernels draw.
package struct BitStream {
    private var words: [UInt32]

    package init(_ random: RandomSource) {
        var random = random
        words = []
        words.reserveCapacity(64)
        for _ in 0..<32 {
            let bits = random.next()
            words.append(UInt32(truncatingIfNeeded: bits))
            words.append(UInt32(truncatingIfNeeded: bits >> 32))
        }
    }

    /// The 4 × 16 words, for a kernel that advances them.
    package mutating func withState(_ body: (UnsafeMutablePointer<UInt32>) -> Void) {
        words.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
    }
}
