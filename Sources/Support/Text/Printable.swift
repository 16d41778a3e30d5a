extension String {
    /// This text on one line, safe for terminals: characters that move the cursor or that colour, hide or reorder text are escaped.
    ///
    /// Control characters and bytes that are not UTF-8 become `\n`, `\t`, `\x1b`, `\xfc`; line separators and marks of direction `\u{202e}`.
    package var printable: String { escaped(keeping: []) }

    /// The same for text with several lines: line feeds and tabs are kept.
    package var printableLines: String { escaped(keeping: ["\n", "\t"]) }

    /// Bytes that are not UTF-8 as `\xfc`, everything else unchanged, for files and programs.
    ///
    /// - Parameter prefix: text before the two digits.
    package func withBytesSpelt(_ prefix: String = "\\x") -> String {
        guard PathBytes.mayHoldBytes(self) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if let byte = PathBytes.byte(scalar) { text += prefix + byte.digits } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    private func escaped(keeping kept: Set<Unicode.Scalar>) -> String {
        guard unicodeScalars.contains(where: { $0.isUnprintable && !kept.contains($0) }) else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar.isUnprintable, !kept.contains(scalar) {
                text.append(contentsOf: scalar.spelt.unicodeScalars)
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    fileprivate var isUnprintable: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0: true
        // Arabic letter mark, left-to-right and right-to-left marks, separators, embeddings, overrides, isolates, byte order mark.
        case 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        case PathBytes.scalars: true
        default: false
        }
    }

    fileprivate var spelt: String {
        if let byte = PathBytes.byte(self) { return byte.spelt }
        return switch self {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case _ where value < 0x80: UInt8(value).spelt
        default: "\\u{\(String(value, radix: 16))}"
        }
    }
}

extension UInt8 {
    /// `\xfc`
    fileprivate var spelt: String { "\\x" + digits }

    fileprivate var digits: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
