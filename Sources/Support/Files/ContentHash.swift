/// A 128-bit hash of contents: MurmurHash3 for 64-bit processors (A. Appleby, 2011).
///
///     let hash = ContentHash(bytes)
///     hash.text                                    // 32 hexadecimal digits
///
/// Among a hundred million contents, the probability of a chance collision is 10⁻²³. The hash is not cryptographic: collisions can be made on
/// purpose.
package struct ContentHash: Sendable, Hashable {
    package let first: UInt64
    package let second: UInt64

    /// 32 hexadecimal digits.
    package var text: String {
        [first, second].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// The hash of bytes in memory.
    package init(_ bytes: UnsafeRawBufferPointer) {
        var stream = Stream()
        let whole = bytes.count & ~15
        stream.take(UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
        self = stream.finish(UnsafeRawBufferPointer(rebasing: bytes[whole...]))
    }

    /// The hash of a text's bytes.
    package init(_ text: String) {
        self = Array(text.utf8).withUnsafeBytes { ContentHash($0) }
    }

    init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }

    /// A hash computed incrementally.
    package struct Stream {
        private var (first, second): (UInt64, UInt64) = (0, 0)
        private var count: UInt64 = 0

        package init() {}

        /// Adds bytes; their number must be a multiple of 16.
        package mutating func take(_ bytes: UnsafeRawBufferPointer) {
            precondition(bytes.count.isMultiple(of: 16), "\(bytes.count) bytes are not a multiple of 16")
            for offset in stride(from: 0, to: bytes.count, by: 16) {
                first ^= Self.mix1(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                first = (Self.rotate(first, 27) &+ second) &* 5 &+ 0x52dc_e729
                second ^= Self.mix2(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)))
                second = (Self.rotate(second, 31) &+ first) &* 5 &+ 0x3849_5ab5
            }
            count += UInt64(bytes.count)
        }

        /// Adds the last bytes, any number of them.
        package mutating func finish(_ bytes: UnsafeRawBufferPointer) -> ContentHash {
            let whole = bytes.count & ~15
            take(UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
            var (low, high): (UInt64, UInt64) = (0, 0)
            for (index, byte) in bytes[whole...].enumerated() {
                if index < 8 { low |= UInt64(byte) << UInt64(8 * index) } else { high |= UInt64(byte) << UInt64(8 * (index - 8)) }
            }
            let length = count + UInt64(bytes.count - whole)
            var a = first ^ Self.mix1(low) ^ length
            var b = second ^ Self.mix2(high) ^ length
            a &+= b
            b &+= a
            a = Self.scatter(a)
            b = Self.scatter(b)
            a &+= b
            b &+= a
            return ContentHash(first: a, second: b)
        }

        private static let factor1: UInt64 = 0x87c3_7b91_1142_53d5
        private static let factor2: UInt64 = 0x4cf5_ad43_2745_937f

        private static func mix1(_ word: UInt64) -> UInt64 { rotate(word &* factor1, 31) &* factor2 }

        private static func mix2(_ word: UInt64) -> UInt64 { rotate(word &* factor2, 33) &* factor1 }

        private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }

        private static func scatter(_ word: UInt64) -> UInt64 {
            var word = word
            word = (word ^ word >> 33) &* 0xff51_afd7_ed55_8ccd
            word = (word ^ word >> 33) &* 0xc4ce_b9fe_1a85_ec53
            return word ^ word >> 33
        }
    }
}
