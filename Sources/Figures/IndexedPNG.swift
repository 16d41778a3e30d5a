import Foundation

/// An uncompressed PNG image of at most 256 colours, one byte per pixel (W3C, *Portable Network Graphics*, 2003).
///
/// Heat maps are small, so zlib's stored blocks are enough and no compressor is needed.
package struct IndexedPNG {
    package let width: Int
    package let height: Int
    /// Colours as red, green, blue.
    package let palette: [[UInt8]]
    /// Palette indices, row by row from the top.
    package let pixels: [UInt8]

    package var data: Data {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height && (1...256).contains(palette.count),
            "size, pixels and palette do not match")
        var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        // 8 bits per pixel, colour type 3 (palette), deflate, filter method 0, not interlaced.
        file += chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 3, 0, 0, 0])
        file += chunk("PLTE", palette.flatMap { $0 })
        // Each row starts with its filter type: 0, none.
        let rows = (0..<height).flatMap { row -> [UInt8] in [0] + pixels[row * width..<(row + 1) * width] }
        file += chunk("IDAT", zlib(rows))
        return file + chunk("IEND", [])
    }

    private func bigEndian(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) } }

    private func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let named = Array(type.utf8) + content
        return bigEndian(UInt32(content.count)) + named + bigEndian(Self.cyclicCheck(named))
    }

    /// A zlib stream (RFC 1950) of stored blocks (RFC 1951).
    private func zlib(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: bytes.count, by: 65535) {
            let block = bytes[start..<min(start + 65535, bytes.count)]
            let length = UInt16(block.count)
            result.append(block.endIndex == bytes.count ? 1 : 0)
            for value in [length, ~length] { result += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)] }
            result += block
        }
        var a: UInt32 = 1
        var b: UInt32 = 0
        for byte in bytes {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        return result + bigEndian(b << 16 | a)
    }

    private static let remainders: [UInt32] = (0..<256).map { (byte: UInt32) -> UInt32 in
        var value = byte
        for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
        return value
    }

    /// CRC-32.
    private static func cyclicCheck(_ bytes: [UInt8]) -> UInt32 {
        var value = ~UInt32(0)
        for byte in bytes { value = remainders[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8) }
        return ~value
    }
}
