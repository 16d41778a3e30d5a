import Yams

/// Numbers as the core schema of YAML 1.2 has them (§10.3.2): `010` is 10, `0o10` is 8, `1e3` is 1000; `1:30`, `1_6` and `0b11` are texts.
///
/// Yams reads YAML 1.1, in which `010` is 8, `1:30` is 90 and `1_6` is 16, all without a word.
extension Node {
    /// Aliases of aliases can stand for more values than there is time for.
    private struct TooManyValues: Error, CustomStringConvertible {
        let description = "its aliases stand for more than \(Node.mostValues) values"
    }

    /// As many as the longest text of a recipe has bytes, so that only aliases reach it.
    private static let mostValues = Recipe.longest

    /// The node of a YAML text with numbers in the form that Yams reads as the core schema means them.
    ///
    /// - Returns: nil for a text without content.
    static func composed(yaml: String) throws -> Node? {
        var count = 0
        // The rule for merge keys is a regular expression, which takes 1 ms to compile.
        let resolver = yaml.contains("<<") ? Resolver.basic.appending(.merge) : .basic
        return try Parser(yaml: yaml, resolver: resolver).singleRoot()?.withCoreNumbers(&count)
    }

    private func withCoreNumbers(_ count: inout Int) throws -> Node {
        count += 1
        if count > Node.mostValues { throw TooManyValues() }
        switch self {
        case .mapping(var mapping):
            // A name is a text even where it looks like a number.
            for (key, value) in mapping where key.string != "name" { mapping[key] = try value.withCoreNumbers(&count) }
            return .mapping(mapping)
        case .sequence(var sequence):
            for index in sequence.indices { sequence[index] = try sequence[index].withCoreNumbers(&count) }
            return .sequence(sequence)
        case .scalar(let scalar): return .scalar(scalar.withCoreNumber)
        case .alias: return self
        }
    }
}

extension Node.Scalar {
    fileprivate var withCoreNumber: Node.Scalar {
        guard style == .plain || style == .any else { return self }
        var changed = self
        if let number = Self.integer(string) {
            // With the tag of the text: setting `string` would compile the regular expressions of Yams for another one.
            if number != string { changed = Node.Scalar(number, tag, style, mark, anchor) }
        } else if Self.looksLikeNumber(string) {
            // A text, of which no number is made.
            changed.style = .singleQuoted
        }
        return changed
    }

    /// An integer, or a floating-point number without a fraction, in decimal digits; the text of any other number; nil for what is not a number.
    private static func integer(_ text: String) -> String? {
        var scanner = NumberScanner(text)
        scanner.skipSign()
        if scanner.skipDigits(), scanner.isAtEnd {
            let digits = text.drop { "-+0".contains($0) }
            return (text.hasPrefix("-") && !digits.isEmpty ? "-" : "") + (digits.isEmpty ? "0" : digits)
        }
        for (prefix, radix) in [("0o", 8), ("0x", 16)] where text.hasPrefix(prefix) {
            return UInt64(text.dropFirst(2), radix: radix).map { "\($0)" }
        }
        if NumberScanner.isDecimal(text) {
            guard let value = Double(text), let whole = Int(exactly: value), abs(whole) <= 1 << 53, whole != 0 else { return text }
            return "\(whole)"
        }
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        return [".inf", ".Inf", ".INF"].contains(unsigned) || [".nan", ".NaN", ".NAN"].contains(text) ? text : nil
    }

    /// Whether Yams, or Swift, might make a number of it.
    private static func looksLikeNumber(_ text: String) -> Bool {
        let rest = text.drop { "-+.".contains($0) }
        return rest.utf8.first.map { NumberScanner.digits.contains($0) } ?? false || ["inf", "infinity", "nan"].contains(rest.lowercased())
    }
}

/// Reads a number from its start. Regular expressions are compiled at the first use in a process, which took 8 of 38 ms of recognising one
/// recording (AMD EPYC, Zen 4, 2026-11-26).
private struct NumberScanner {
    static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    @discardableResult
    mutating func skip(_ characters: StaticString) -> Bool {
        guard let first = rest.first, characters.withUTF8Buffer({ $0.contains(first) }) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func skipSign() { skip("-+") }

    /// Whether there was at least one digit.
    mutating func skipDigits() -> Bool {
        let after = rest.drop { Self.digits.contains($0) }
        defer { rest = after }
        return after.startIndex != rest.startIndex
    }

    /// A decimal number with an optional fraction and exponent: `1`, `-.5`, `1.`, `1e-3`.
    static func isDecimal(_ text: String) -> Bool {
        var scanner = NumberScanner(text)
        scanner.skipSign()
        let hasWhole = scanner.skipDigits()
        if scanner.skip(".") {
            guard scanner.skipDigits() || hasWhole else { return false }
        } else if !hasWhole {
            return false
        }
        if scanner.skip("eE") {
            scanner.skipSign()
            guard scanner.skipDigits() else { return false }
        }
        return scanner.isAtEnd
    }
}
