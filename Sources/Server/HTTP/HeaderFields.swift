import Foundation

/// A header's value with its parameters: `form-data; name="audio"; filename="a;b.wav"`.
///
/// Source: RFC 9110 §5.6.6; a backslash within quotes escapes only a quote or a backslash, since some clients write paths unescaped.
struct HeaderFields {
    /// The text before the first semicolon, without white space around it.
    let value: String
    private var parameters: [String: String] = [:]

    init(_ text: String) {
        var pieces: [String] = [""]
        var isQuoted = false
        var characters = text.unicodeScalars.makeIterator()
        while let character = characters.next() {
            switch character {
            case "\"":
                isQuoted.toggle()
                pieces[pieces.count - 1].unicodeScalars.append(Self.quote)
            case "\\" where isQuoted:
                guard let next = characters.next() else { break }
                if next != "\"" && next != "\\" { pieces[pieces.count - 1].unicodeScalars.append("\\") }
                pieces[pieces.count - 1].unicodeScalars.append(next)
            case ";" where !isQuoted: pieces.append("")
            default: pieces[pieces.count - 1].unicodeScalars.append(character)
            }
        }
        value = pieces[0].trimmingCharacters(in: .whitespaces)
        for piece in pieces.dropFirst() {
            guard let equals = piece.firstIndex(of: "=") else { continue }
            let name = piece[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
            var text = piece[piece.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            text.unicodeScalars.removeAll { $0 == Self.quote }
            if parameters[name] == nil { parameters[name] = text }
        }
    }

    /// Stands for a quote that is not part of the value: a noncharacter.
    private static let quote: Unicode.Scalar = "\u{FFFE}"

    /// The parameter of this name, in lower case.
    subscript(_ name: String) -> String? { parameters[name] }

    /// The parameter `name*` in the form `UTF-8''na%C3%AFve.wav` (RFC 8187).
    func extended(_ name: String) -> String? {
        guard let parts = parameters[name + "*"]?.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false), parts.count == 3,
            parts[0].lowercased() == "utf-8"
        else { return nil }
        return String(parts[2]).removingPercentEncoding
    }
}
