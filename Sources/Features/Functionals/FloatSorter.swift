/// Radix sort of floating-point numbers, one byte at a time, in linear time.
///
/// For an utterance of 300 frames this takes a sixth of the time of the standard library's sort, which took an eighth of the time of all
/// functionals.
struct FloatSorter {
    private var keys: [UInt32] = []
    private var scratch: [UInt32] = []
    /// A histogram of the 256 values for each of the 4 bytes.
    private var counts = [UInt32](repeating: 0, count: 4 * 256)

    /// The values in ascending order. None may be NaN.
    mutating func sorted(_ values: [Float]) -> [Float] {
        guard !values.isEmpty else { return [] }
        if keys.count < values.count {
            keys = [UInt32](repeating: 0, count: values.count)
            scratch = keys
        }
        return [Float](unsafeUninitializedCapacity: values.count) { output, count in
            keys.withUnsafeMutableBufferPointer { keys in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    counts.withUnsafeMutableBufferPointer { counts in
                        FloatSorter.sort(values, keys, scratch, counts, into: output)
                    }
                }
            }
            count = values.count
        }
    }

    private static func sort(
        _ values: [Float], _ keys: UnsafeMutableBufferPointer<UInt32>, _ scratch: UnsafeMutableBufferPointer<UInt32>,
        _ counts: UnsafeMutableBufferPointer<UInt32>, into output: UnsafeMutableBufferPointer<Float>
    ) {
        counts.update(repeating: 0)
        for (index, value) in values.enumerated() {
            // Map to unsigned integers in the same order: flip all bits of negative numbers, and the sign bit of the others.
            let bits = value.bitPattern
            let key = bits ^ (bits >> 31 == 1 ? 0xffff_ffff : 0x8000_0000)
            keys[index] = key
            for byte in 0..<4 { counts[byte << 8 | Int(key >> UInt32(8 * byte) & 0xff)] += 1 }
        }
        var (source, target) = (keys, scratch)
        for byte in 0..<4 {
            let shift = UInt32(8 * byte)
            let places = UnsafeMutableBufferPointer(rebasing: counts[byte << 8..<(byte + 1) << 8])
            // If all keys have the same byte, as is common for the highest one, the order does not change.
            if Int(places[Int(source[0] >> shift & 0xff)]) == values.count { continue }
            var next: UInt32 = 0
            for value in 0..<256 {
                let count = places[value]
                places[value] = next
                next += count
            }
            for index in 0..<values.count {
                let key = source[index]
                let value = Int(key >> shift & 0xff)
                target[Int(places[value])] = key
                places[value] += 1
            }
            swap(&source, &target)
        }
        for index in 0..<values.count {
            let key = source[index]
            output.initializeElement(at: index, to: Float(bitPattern: key ^ (key >> 31 == 1 ? 0x8000_0000 : 0xffff_ffff)))
        }
    }
}
