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
        return try Parser(yaml: yaml, resolver: Resolver.basic.appending(.merge)).singleRoot()?.withCoreNumbers(&count)
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
            changed.string = number
        } else if Self.looksLikeNumber(string) {
            // A text, of which no number is made.
            changed.style = .singleQuoted
        }
        return changed
    }

    /// An integer, or a floating-point number without a fraction, in decimal digits; the text of any other number; nil for what is not a number.
    private static func integer(_ text: String) -> String? {
        if text.wholeMatch(of: /[-+]?[0-9]+/) != nil {
            let digits = text.drop { "-+0".contains($0) }
            return (text.hasPrefix("-") && !digits.isEmpty ? "-" : "") + (digits.isEmpty ? "0" : digits)
        }
        for (prefix, radix) in [("0o", 8), ("0x", 16)] where text.hasPrefix(prefix) {
            return UInt64(text.dropFirst(2), radix: radix).map { "\($0)" }
        }
        if text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil {
            guard let value = Double(text), let whole = Int(exactly: value), abs(whole) <= 1 << 53, whole != 0 else { return text }
            return "\(whole)"
        }
        return text.wholeMatch(of: /[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)/) != nil ? text : nil
    }

    /// Whether Yams, or Swift, might make a number of it.
    private static func looksLikeNumber(_ text: String) -> Bool {
        text.prefixMatch(of: /[-+.]*[0-9]/) != nil || text.wholeMatch(of: /(?i)[-+.]*(inf|infinity|nan)/) != nil
    }
}
