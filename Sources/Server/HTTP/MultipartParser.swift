import Foundation

/// Parses `multipart/form-data` as it arrives, whatever pieces it comes in. Memory does not grow with the size of a part.
///
/// Source: RFC 7578, RFC 2046 §5.1.
package struct MultipartParser {
    /// What has been found.
    package enum Event: Equatable {
        /// A part begins.
        case part(Part)
        /// Bytes of the current part.
        case bytes(ArraySlice<UInt8>)
    }

    /// The header of a part.
    package struct Part: Equatable, Sendable {
        /// Name of the form's field.
        package var name: String
        /// Name of the file; nil if the part is not a file.
        package var filename: String?

        package init(name: String, filename: String?) { (self.name, self.filename) = (name, filename) }
    }

    /// Why the body is malformed; the description is a sentence.
    package struct Malformed: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    private enum State { case preamble, delimiter, headers, body, epilogue }

    private static let lineEnd: [UInt8] = [13, 10]
    /// Largest header of a part, and largest text before the first.
    private static let longestHeader = 16 << 10
    private static let mostParts = 64

    private let delimiter: [UInt8]
    private var state = State.preamble
    /// Bytes that are not understood yet. At first a line end, so that a delimiter at the beginning has one before it.
    private var pending = lineEnd
    private var parts = 0

    /// - Parameter boundary: of the Content-Type.
    package init(boundary: String) { delimiter = Self.lineEnd + Array("--\(boundary)".utf8) }

    /// The boundary in a Content-Type; nil if it is not `multipart/form-data`, or has no valid boundary.
    package static func boundary(of contentType: String) -> String? {
        let fields = HeaderFields(contentType)
        guard fields.value.lowercased() == "multipart/form-data", let boundary = fields["boundary"] else { return nil }
        return (1...70).contains(boundary.utf8.count) && boundary.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ? boundary : nil
    }

    /// Takes the next bytes.
    ///
    /// - Throws: `Malformed`; the errors of `body`.
    package mutating func push(_ bytes: some Collection<UInt8>, _ body: (Event) throws -> Void) throws {
        if state == .epilogue { return }
        pending += bytes
        while try step(body) {}
    }

    /// Ends the body.
    ///
    /// - Throws: `Malformed` if its end is missing.
    package func finish() throws(Malformed) {
        if state != .epilogue { throw Malformed(description: "The multipart body ends before its last boundary.") }
    }

    /// Returns whether more can be done with the bytes there are.
    private mutating func step(_ body: (Event) throws -> Void) throws -> Bool {
        switch state {
        case .epilogue:
            pending = []
            return false
        case .preamble, .body:
            let place = firstDelimiter()
            // Without a delimiter, its beginning may be at the end.
            let known = place ?? max(0, pending.count - delimiter.count + 1)
            if state == .body {
                if known > 0 { try body(.bytes(pending[..<known])) }
            } else if place == nil, known > Self.longestHeader {
                throw Malformed(description: "The multipart body does not begin with its boundary.")
            }
            if state == .body || place != nil { pending.removeFirst(known) }
            guard place != nil else { return false }
            pending.removeFirst(delimiter.count)
            state = .delimiter
            return true
        case .delimiter: return try afterDelimiter()
        case .headers: return try header(body)
        }
    }

    private mutating func afterDelimiter() throws(Malformed) -> Bool {
        if pending.starts(with: Array("--".utf8)) {
            state = .epilogue
            return true
        }
        // White space may follow a boundary.
        let rest = pending.drop { $0 == 32 || $0 == 9 }
        guard rest.count >= 2 else {
            if pending.count > Self.longestHeader { throw Malformed(description: "A boundary of the multipart body has no line end.") }
            return false
        }
        guard rest.starts(with: Self.lineEnd) else {
            throw Malformed(description: "A boundary of the multipart body has no line end.")
        }
        parts += 1
        guard parts <= Self.mostParts else { throw Malformed(description: "The multipart body has more than \(Self.mostParts) parts.") }
        // The line end remains, so that an empty header ends like any other.
        pending.removeFirst(pending.count - rest.count)
        state = .headers
        return true
    }

    private mutating func header(_ body: (Event) throws -> Void) throws -> Bool {
        let mark = Self.lineEnd + Self.lineEnd
        guard let end = pending.firstIndex(of: mark, from: 0) else {
            if pending.count > Self.longestHeader { throw Malformed(description: "The header of a part is longer than 16 KiB.") }
            return false
        }
        guard end <= Self.longestHeader else { throw Malformed(description: "The header of a part is longer than 16 KiB.") }
        let lines = String(decoding: pending[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        pending.removeFirst(end + mark.count)
        guard let line = lines.first(where: { $0.lowercased().hasPrefix("content-disposition:") }) else {
            throw Malformed(description: "A part has no Content-Disposition.")
        }
        let fields = HeaderFields(String(line.drop { $0 != ":" }.dropFirst()))
        guard fields.value.lowercased() == "form-data", let name = fields["name"] else {
            throw Malformed(description: "The Content-Disposition of a part is not form-data with a name.")
        }
        state = .body
        try body(.part(Part(name: name, filename: fields.extended("filename") ?? fields["filename"])))
        return true
    }

    private func firstDelimiter() -> Int? { pending.firstIndex(of: delimiter, from: 0) }
}

extension [UInt8] {
    /// The first offset of the non-empty `mark` at or after `start`.
    fileprivate func firstIndex(of mark: [UInt8], from start: Int) -> Int? {
        withUnsafeBytes { bytes in
            var place = start
            while place + mark.count <= bytes.count, let base = bytes.baseAddress {
                // The pointer is within the bytes.
                guard let found = memchr(base + place, Int32(mark[0]), bytes.count - place) else { return nil }
                place = UnsafeRawPointer(found) - base
                if place + mark.count <= bytes.count, memcmp(base + place, mark, mark.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }
}
