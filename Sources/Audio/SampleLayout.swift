/// How samples lie in bytes.
package struct SampleLayout: Sendable, Equatable {
    package enum Kind: Sendable { case unsigned8, integer16, integer24, integer32, float32, float64 }

    package let kind: Kind
    package let rate: Int
    package let channels: Int

    package init(_ kind: Kind, rate: Int, channels: Int) {
        (self.kind, self.rate, self.channels) = (kind, rate, channels)
    }

    private var bytesPerSample: Int {
        switch kind {
        case .unsigned8: 1
        case .integer16: 2
        case .integer24: 3
        case .integer32, .float32: 4
        case .float64: 8
        }
    }

    package var bytesPerFrame: Int { bytesPerSample * channels }

    /// The mean of the channels of a frame, −1 … 1.
    private func mono(_ bytes: UnsafeRawBufferPointer) -> Float {
        // `bytes` holds one frame, so every offset is within it.
        var sum: Float = 0
        for channel in 0..<channels {
            let offset = channel * bytesPerSample
            switch kind {
            case .unsigned8: sum += (Float(bytes[offset]) - 128) / 128
            case .integer16: sum += Float(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int16.self))) / 32_768
            case .integer24:
                let value = Int32(bytes[offset]) << 8 | Int32(bytes[offset + 1]) << 16 | Int32(Int8(bitPattern: bytes[offset + 2])) << 24
                sum += Float(value) / 2_147_483_648
            case .integer32: sum += Float(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))) / 2_147_483_648
            case .float32:
                sum += Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            case .float64:
                sum += Float(Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))))
            }
        }
        return sum / Float(channels)
    }

    /// Takes the whole frames out of the bytes, and returns their means over the channels, −1 … 1. An incomplete frame stays.
    package func takeFrames(from bytes: inout [UInt8]) -> [Float] {
        let size = bytesPerFrame
        let frames = bytes.count / size
        let samples = bytes.withUnsafeBytes { all in
            (0..<frames).map { mono(UnsafeRawBufferPointer(rebasing: all[$0 * size..<($0 + 1) * size])) }
        }
        bytes.removeFirst(frames * size)
        return samples
    }
}
