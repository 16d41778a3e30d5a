// A file of its own: encodings of tables.

/// The bytes of a table as UTF-8, except for fields in an 8-bit encoding.
struct TableText {
    let bytes: [UInt8]

    /// - Parameter file: the bytes of a file in UTF-8, UTF-16 or an 8-bit encoding; nil if it is not text.
    init?(_ file: [UInt8]) {
        if file.starts(with: [0xEF, 0xBB, 0xBF]) {
            bytes = Array(file.dropFirst(3))
        } else if file.starts(with: [0xFF, 0xFE]) {
            bytes = Self.utf16(file.dropFirst(2), isBigEndian: false)
        } else if file.starts(with: [0xFE, 0xFF]) {
            bytes = Self.utf16(file.dropFirst(2), isBigEndian: true)
        } else if file.prefix(Self.looked).contains(0) {
            // Without a mark, the zero bytes of Latin letters reveal UTF-16 and its byte order.
            let start = Array(file.prefix(Self.looked))
            let even = stride(from: 0, to: start.count, by: 2).count { start[$0] == 0 }
            let odd = stride(from: 1, to: start.count, by: 2).count { start[$0] == 0 }
            guard 4 * max(even, odd) > start.count, min(even, odd) == 0 else { return nil }
            bytes = Self.utf16(file[...], isBigEndian: even > odd)
        } else {
            bytes = file
        }
        if bytes.contains(0) { return nil }
    }

    /// Number of bytes examined for the encoding.
    private static let looked = 512

    private static func utf16(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> [UInt8] {
        let (high, low) = isBigEndian ? (0, 1) : (1, 0)
        let units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { (index) -> UInt16 in
            UInt16(bytes[index + high]) << 8 | UInt16(bytes[index + low])
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
