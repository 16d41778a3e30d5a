import Foundation

/// Converts paths, which are bytes and need not be UTF-8, to `String` and back.
///
/// A byte that is not part of valid UTF-8 becomes the private-use scalar U+10FE00 + byte (U+10FE80 … U+10FEFF). If a name contains one of these
/// scalars, its four bytes are converted in the same way. So `bytes(of: string(from: bytes))` is the identity for all bytes, and joining and
/// splitting at slashes are correct. Every system call with a path goes through `String.withPath`.
///
/// In text output, JSON and CSV such a byte is written as `\xfc`: see `String.printable`, `jsonText` and `CSVLine`.
package enum PathBytes {
    /// The scalars that represent single bytes.
    static let scalars: ClosedRange<UInt32> = 0x10FE80...0x10FEFF
    private static let base: UInt32 = 0x10FE00
    /// The first UTF-8 byte of all these scalars, and of few others: text without it has none of them.
    private static let lead: UInt8 = 0xF4

    /// The byte that a scalar represents; nil for other scalars.
    package static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        scalars.contains(scalar.value) ? UInt8(scalar.value - base) : nil
    }

    /// A path, or a part of one, as text.
    package static func string(from bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !mayHoldBytes(text) { return text }
        var text = String.UnicodeScalarView()
        var rest = Array(bytes)[...]
        while let first = rest.first {
            let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            if let scalar = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars.first, byte(scalar) == nil {
                text.append(scalar)
                rest = rest.dropFirst(length)
            } else {
                rest = rest.dropFirst()
                if let scalar = Unicode.Scalar(base + UInt32(first)) { text.append(scalar) }
            }
        }
        return String(text)
    }

    /// A zero-terminated path, as returned by the system.
    package static func string(from cString: UnsafePointer<CChar>) -> String {
        string(from: UnsafeRawBufferPointer(start: cString, count: strlen(cString)))
    }

    /// The bytes of a path.
    package static func bytes(of text: String) -> [UInt8] {
        guard mayHoldBytes(text) else { return Array(text.utf8) }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if let byte = byte(scalar) { bytes.append(byte) } else { bytes += UTF8.encode(scalar) ?? .init() }
        }
        return bytes
    }

    /// Whether the text contains a scalar that represents a byte.
    package static func holdsBytes(_ text: String) -> Bool { mayHoldBytes(text) && text.unicodeScalars.contains { byte($0) != nil } }

    /// False if no scalar of the text can represent a byte.
    static func mayHoldBytes(_ text: String) -> Bool { text.utf8.contains(lead) }
}

extension String {
    /// Calls `body` with this path as a C string.
    ///
    /// Callers check paths from outside for a zero byte first: the C string would end there and name another file.
    package func withPath<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        guard PathBytes.mayHoldBytes(self) else { return try withCString(body) }
        return try (PathBytes.bytes(of: self) + [0]).withUnsafeBytes { bytes in
            // The array ends with a zero byte and is valid during the call.
            try body(bytes.assumingMemoryBound(to: CChar.self).baseAddress!)
        }
    }
}

/// A path compared by its bytes, for sets, dictionaries and sorting.
///
/// Swift compares strings by canonical equivalence: `é` and `e` with a combining accent are equal strings, but two files.
package struct PathKey: Hashable, Comparable, Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    package static func == (left: PathKey, right: PathKey) -> Bool { left.path.utf8.elementsEqual(right.path.utf8) }

    package static func < (left: PathKey, right: PathKey) -> Bool { left.path.utf8.lexicographicallyPrecedes(right.path.utf8) }

    package func hash(into hasher: inout Hasher) {
        var path = path
        path.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
