import func Foundation.cos
import func Foundation.log

/// A seeded stream of random numbers: xoshiro256**, the same for the same seed on every machine.
///
/// All random numbers in this package come from such streams, so that a seed determines a result. Concurrent pieces of work each take a
/// stream from `stream(_:)`, which depends only on the seed and the given numbers, never on the order of execution:
///
///     let seeds = RandomSource(seed: 7)
///     var fold3 = seeds.stream(3)     // the same values whether folds 1 and 2 have run or not
///
/// Source: D. Blackman, S. Vigna, *Scrambled linear pseudorandom number generators*, ACM TOMS 47 (2021); seeded by SplitMix64 as they
/// recommend.
package struct RandomSource: RandomNumberGenerator, Sendable, Equatable, Codable {
    private let seed: UInt64
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        var state = seed
        s0 = RandomSource.splitMix(&state)
        s1 = RandomSource.splitMix(&state)
        s2 = RandomSource.splitMix(&state)
        s3 = RandomSource.splitMix(&state)
    }

    /// An independent stream for the piece of work identified by `path`, regardless of the values drawn from this stream.
    package func stream(_ path: Int...) -> RandomSource {
        var state = seed
        for step in path {
            state = RandomSource.splitMix(&state) ^ UInt64(bitPattern: Int64(step))
        }
        return RandomSource(seed: RandomSource.splitMix(&state))
    }

    /// The first value of the stream, for use as a seed.
    package var firstValue: UInt64 {
        var copy = self
        return copy.next()
    }

    private static func splitMix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    package mutating func next() -> UInt64 {
        func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotate(s1 &* 5, 7) &* 9
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = rotate(s3, 45)
        return result
    }

    /// Calls a kernel with the four words of the state, which it advances as `next` does.
    package mutating func withState(_ body: (UnsafeMutablePointer<UInt64>) -> Void) {
        var state = [s0, s1, s2, s3]
        state.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
        (s0, s1, s2, s3) = (state[0], state[1], state[2], state[3])
    }

    /// A uniform number in 0 ..< 1, with 24 random bits.
    package mutating func uniform() -> Float {
        Float(next() >> 40) * 0x1p-24
    }

    /// A uniform number in `range`.
    package mutating func uniform(in range: Range<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// A uniform integer in 0 ..< `bound`, by Lemire's multiplication (bias under 2⁻³² for the sizes used here).
    package mutating func index(below bound: Int) -> Int {
        precondition(bound > 0, "the bound is \(bound), not above 0")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A standard normal number, by the Box–Muller transform.
    package mutating func normal() -> Float {
        let radius = (-2 * log(1 - Double(next() >> 11) * 0x1p-53)).squareRoot()
        let angle = 2 * Double.pi * Double(next() >> 11) * 0x1p-53
        return Float(radius * cos(angle))
    }

    /// A random permutation of 0 ..< `count` (Fisher–Yates shuffle).
    package mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, index(below: last + 1))
        }
        return order
    }
}

/// The state of the sixteen xoshiro128+ generators of the sampling kernels.
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

    /// Calls a kernel with the 4 × 16 words, which it advances.
    package mutating func withState(_ body: (UnsafeMutablePointer<UInt32>) -> Void) {
        words.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
    }
}
