import Foundation

extension String {
    /// This text as a JSON string with its quotes. Quotes, backslashes and control characters are escaped, all others unchanged (RFC 8259
    /// §7).
    ///
    /// A path byte that is not UTF-8 is written as the text `\xfc`, because JSON has no bytes.
    package var jsonQuoted: String {
        var quoted = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default:
                if let byte = PathBytes.byte(scalar) {
                    quoted += "\\\\x" + String(byte, radix: 16)
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }
}

/// A value as JSON text with sorted keys: on one line, or pretty-printed. Path bytes that are not UTF-8 are written as the text `\xfc`.
package func jsonText(_ value: some Encodable, isPretty: Bool = false) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    do {
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        // Such bytes occur only within JSON strings, where a backslash is written twice.
        return PathBytes.mayHoldBytes(text) ? text.withBytesSpelt("\\\\x") : text
    } catch {
        preconditionFailure("cannot encode as JSON: \(error)")
    }
}

/// Values as a JSON array with one value per line, so that line-based tools can read it too.
package func jsonLines(_ values: [some Encodable]) -> String {
    "[\n" + values.map { jsonText($0) }.joined(separator: ",\n") + "\n]"
}
