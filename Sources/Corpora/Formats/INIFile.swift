import Foundation
import StimmungSupport

/// A configuration file as Python's `configparser` reads it: sections, keys without regard to case, values that go on in indented lines.
struct INIFile {
    /// Values by section in lower case, then key in lower case.
    private(set) var sections: [String: [String: String]] = [:]

    /// - Throws: `unreadable`, `malformedRow`
    init(path: String) throws(CorpusError) {
        var section: String?
        var last: String?
        for (number, text) in try LimitedFile.lines(path) {
            func malformed(_ reason: String) -> CorpusError { .malformedRow(manifest: path, line: number, reason: reason) }
            let line = text.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if let section, let last, text.first?.isWhitespace == true {
                sections[section]?[last]? += " " + line
            } else if line.hasPrefix("["), line.hasSuffix("]") {
                let name = line.dropFirst().dropLast().lowercased()
                if sections.updateValue([:], forKey: name) != nil { throw malformed("has the section [\(name)] of an earlier line") }
                (section, last) = (name, nil)
            } else {
                guard let section else { throw malformed("is before the first section, such as [DATA]") }
                guard let mark = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { throw malformed("is not \"key = value\"") }
                let key = line[..<mark].trimmingCharacters(in: .whitespaces).lowercased()
                let value = line[line.index(after: mark)...].trimmingCharacters(in: .whitespaces)
                if sections[section]?.updateValue(value, forKey: key) != nil { throw malformed("has the key \(key) of an earlier line") }
                last = key
            }
        }
    }
}

/// Lists and dictionaries of strings in the syntax of Python, such as `['anger', "fear"]` and `{'wut': 'anger'}`. Numbers and names are texts.
struct PythonLiteral {
    private enum Token: Equatable {
        case mark(Character)
        case word(String)
    }

    private var tokens: [Token] = []

    /// The items of a list or tuple; nil for other texts.
    static func list(_ text: String) -> [String]? {
        guard let inner = PythonLiteral(text)?.inside(["[": "]", "(": ")"]) else { return nil }
        let words = inner.compactMap { if case .word(let word) = $0 { word } else { nil } }
        return inner.count { $0 == .mark(",") } + words.count == inner.count ? words : nil
    }

    /// The pairs of a dictionary; nil for other texts.
    static func dictionary(_ text: String) -> [String: String]? {
        guard let inner = PythonLiteral(text)?.inside(["{": "}"]) else { return nil }
        var pairs: [String: String] = [:]
        for entry in inner.split(separator: .mark(",")) {
            let parts = Array(entry)
            guard parts.count == 3, case .word(let key) = parts[0], parts[1] == .mark(":"), case .word(let value) = parts[2] else {
                return nil
            }
            pairs[key] = value
        }
        return pairs
    }

    private init?(_ text: String) {
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if "[](){},:".contains(first) {
                tokens.append(.mark(first))
                rest.removeFirst()
            } else if first == "'" || first == "\"" {
                guard let word = Self.quoted(&rest) else { return nil }
                tokens.append(.word(word))
            } else {
                let word = rest.prefix { !$0.isWhitespace && !"[](){},:'\"".contains($0) }
                tokens.append(.word(String(word)))
                rest = rest[word.endIndex...]
            }
        }
    }

    /// The tokens between one pair of brackets around all others.
    private func inside(_ brackets: [Character: Character]) -> [Token]? {
        guard case .mark(let first)? = tokens.first, let closing = brackets[first], tokens.count > 1, tokens.last == .mark(closing) else {
            return nil
        }
        return Array(tokens.dropFirst().dropLast())
    }

    /// Removes a quoted text and returns it. A backslash escapes the character after it.
    private static func quoted(_ rest: inout Substring) -> String? {
        let quote = rest.removeFirst()
        var word = ""
        while let next = rest.popFirst() {
            if next == quote { return word }
            guard next == "\\" else {
                word.append(next)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            word.append(escaped)
        }
        return nil
    }
}
