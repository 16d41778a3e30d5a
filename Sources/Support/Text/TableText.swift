import Foundation

/// The bytes of a table's text as UTF-8, apart from fields that no one saved as UTF-8.
struct TableText {
    let bytes: [UInt8]

    /// - Parameter file: the bytes of a file in UTF-8, UTF-16 or an 8-bit encoding; nil for what is not text.
    init?(_ file: [UInt8]) {
        if file.starts(with: [0xEF, 0xBB, 0xBF]) {
            bytes = Array(file.dropFirst(3))
        } else if file.starts(with: [0xFF, 0xFE]) {
            bytes = Self.utf16(file.dropFirst(2), isBigEndian: false)
        } else if file.starts(with: [0xFE, 0xFF]) {
            bytes = Self.utf16(file.dropFirst(2), isBigEndian: true)
        } else if file.prefix(Self.looked).contains(0) {
            // Without a mark, the zero bytes of Latin letters tell UTF-16 and its order.
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

    /// Bytes by which the encoding is told.
    private static let looked = 512

    private static func utf16(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> [UInt8] {
        let (high, low) = isBigEndian ? (0, 1) : (1, 0)
        let units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { (index) -> UInt16 in
            UInt16(bytes[index + high]) << 8 | UInt16(bytes[index + low])
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// A field as text, and whether it is not UTF-8 but was taken for Windows-1252 (or for Latin-1, where that has no such byte).
    static func decoded(_ field: [UInt8]) -> (text: String, isGuessed: Bool) {
        if let text = String(validating: field, as: UTF8.self) { return (text, false) }
        let latin = String(String.UnicodeScalarView(field.map { Unicode.Scalar($0) }))
        return (String(bytes: field, encoding: .windowsCP1252) ?? latin, true)
    }
}
