import Foundation

/// A name in the form in which names that people mean as one are equal: `03` and `3`, `Anna` and `anna`, `0` and `0.0`, full-width and
/// half-width letters, the Unicode forms of `ä`, with and without outer or doubled spaces, `very sad` and `very_sad`.
struct NormalisedName: Hashable {
    private let text: String

    init(_ name: String) {
        let visible = name.unicodeScalars.filter { $0.properties.generalCategory != .format }
        let folded = String(String.UnicodeScalarView(visible)).precomposedStringWithCompatibilityMapping.lowercased()
        let words = folded.split { $0.isWhitespace || $0 == "_" || $0 == "-" }.joined(separator: " ")
        if let number = Self.number(words) {
            text = number
        } else {
            text = Self.withoutLeadingZeros(words).precomposedStringWithCanonicalMapping
        }
    }

    /// A number written out in one way.
    private static func number(_ text: String) -> String? {
        guard text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "." || $0 == ",") }), text.count <= 15 else { return nil }
        return Double(text.replacing(",", with: ".")).map { "\($0)" }
    }

    /// `speaker 003` as `speaker 3`.
    private static func withoutLeadingZeros(_ text: String) -> String {
        text.replacing(/0+([0-9])/) { match in
            let before = text[..<match.range.lowerBound].last
            return before.map { $0.isNumber || $0 == "." } == true ? String(match.0) : String(match.1)
        }
    }
}
