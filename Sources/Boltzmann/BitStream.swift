import Tensors

/// The state of sixteen xoshiro128+ generators, from which the sampling kernels draw.
struct BitStream {
    private var words: [UInt32]

    init(_ random: RandomSource) {
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
    mutating func withState(_ body: (UnsafeMutablePointer<UInt32>) -> Void) {
        words.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
    }
}
