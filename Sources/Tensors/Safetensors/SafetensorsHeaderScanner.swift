import Foundation
import StimmungSupport

/// Parses the JSON of a safetensors header.
///
/// The scanner accepts only the fixed structure of a header. It does not recurse, stores nothing that is not in the text, and detects what
/// a general JSON parser hides, such as duplicate names.
struct SafetensorsHeaderScanner {
    struct Failure: Error {
        var reason: String
    }

    /// A tensor as the header describes it.
    struct Entry {
        var name: String
        var type: String
        var shape: [Int]
        var start: Int
        var end: Int
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ json: Data) throws(Failure) {
        bytes = Array(json)
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Failure(reason: "its header is not UTF-8 text") }
    }

    /// The whole header: metadata, and tensors in the order of the text.
    mutating func header() throws(Failure) -> (metadata: [String: String], entries: [Entry]) {
        var metadata: [String: String] = [:]
        var entries: [Entry] = []
        try members(of: "its header") { scanner, name throws(Failure) in
            if name == SafetensorsHeader.metadataKey {
                try scanner.members(of: "its metadata") { scanner, key throws(Failure) in
                    metadata[key] = try scanner.string("the metadata entry \(key.jsonQuoted)")
                }
            } else {
                entries.append(try scanner.entry(name))
            }
        }
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end of its header") }
        return (metadata, entries)
    }

    private mutating func entry(_ name: String) throws(Failure) -> Entry {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        let tensor = "tensor \(name.jsonQuoted)"
        try members(of: tensor) { scanner, key throws(Failure) in
            switch key {
            case "dtype": type = try scanner.string("the dtype of \(tensor)")
            case "shape": shape = try scanner.numbers("the shape of \(tensor)")
            case "data_offsets": offsets = try scanner.numbers("the data_offsets of \(tensor)")
            default: throw Failure(reason: "\(tensor) has an unknown property \(key.jsonQuoted)")
            }
        }
        guard let type, let shape, let offsets else {
            throw Failure(reason: "\(tensor) lacks dtype, shape or data_offsets")
        }
        guard offsets.count == 2 else { throw Failure(reason: "\(tensor) has \(offsets.count) data_offsets instead of 2") }
        return Entry(name: name, type: type, shape: shape, start: offsets[0], end: offsets[1])
    }

    /// Parses an object, and calls `value` with each name to parse the value. Names must be unique.
    private mutating func members(
        of object: String, _ value: (inout SafetensorsHeaderScanner, String) throws(Failure) -> Void
    ) throws(Failure) {
        guard take("{") else { throw unexpected("{ at the start of \(object)") }
        var names: Set<String> = []
        if take("}") { return }
        repeat {
            let name = try string("a name in \(object)")
            guard names.insert(name).inserted else { throw Failure(reason: "duplicate name \(name.jsonQuoted) in \(object)") }
            guard take(":") else { throw unexpected(": after \(name.jsonQuoted) in \(object)") }
            try value(&self, name)
        } while take(",")
        guard take("}") else { throw unexpected(", or } in \(object)") }
    }

    /// Parses an array of non-negative integers.
    private mutating func numbers(_ what: String) throws(Failure) -> [Int] {
        guard take("[") else { throw unexpected("[ for \(what)") }
        var numbers: [Int] = []
        if take("]") { return numbers }
        repeat {
            skipSpace()
            let start = position
            while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
            let digits = bytes[start..<position]
            // JSON does not allow leading zeros.
            guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else {
                throw unexpected("non-negative integers for \(what)")
            }
            guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
                throw Failure(reason: "\(what) contains a number that is too large")
            }
            numbers.append(number)
        } while take(",")
        guard take("]") else { throw unexpected(", or ] and integers for \(what)") }
        return numbers
    }

    /// Parses a string and decodes its escapes.
    private mutating func string(_ what: String) throws(Failure) -> String {
        guard take("\"") else { throw unexpected("a string for \(what)") }
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape(what))
            case 0..<0x20: throw Failure(reason: "\(what) contains a control character")
            default: text.append(byte)
            }
        }
        throw Failure(reason: "its header ends within \(what)")
    }

    /// Parses an escape after its backslash, as UTF-8 bytes.
    private mutating func escape(_ what: String) throws(Failure) -> [UInt8] {
        guard position < bytes.count else { throw Failure(reason: "its header ends within \(what)") }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var units = [try hexadecimal(what)]
            // A character outside the basic plane is two escapes, a high and a low surrogate (RFC 8259 §7).
            if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: Array("\\u".utf8)) {
                position += 2
                units.append(try hexadecimal(what))
            }
            guard let character = String(validating: units, as: UTF16.self) else {
                throw Failure(reason: "\(what) contains an unpaired surrogate")
            }
            return Array(character.utf8)
        default: throw Failure(reason: "\(what) contains an invalid escape")
        }
    }

    private mutating func hexadecimal(_ what: String) throws(Failure) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        // `UInt16(_:radix:)` alone would accept a sign.
        guard digits.count == 4, let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16),
            digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-")
        else { throw Failure(reason: "\(what) contains a \\u without four hexadecimal digits") }
        position += 4
        return unit
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    /// Skips white space, and consumes `mark` if it is next.
    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private func unexpected(_ wanted: String) -> Failure {
        Failure(reason: "its header has invalid JSON at byte \(position): expected \(wanted)")
    }
}
