/// A line of CSV with quoting as in RFC 4180, ended by a line feed.
///
/// A byte of a path that is not UTF-8 is written as the text `\xfc`. Only a manifest keeps the byte: it is `bytes`, not `text`.
package enum CSVLine {
    /// A line that names files to be found again.
    package static func bytes(_ cells: [String]) -> [UInt8] {
        PathBytes.bytes(of: line(cells))
    }

    package static func text(_ cells: [String]) -> String {
        line(cells).withBytesSpelt()
    }

    private static func line(_ cells: [String]) -> String {
        cells.map(field).joined(separator: ",") + "\n"
    }

    /// A value as a field: in quotes where it needs them, also for readers that split at semicolons or tabs.
    package static func field(_ value: String) -> String {
        // Compared as bytes: to Swift, a carriage return and a line feed are one character, equal to neither.
        let marks = Array(",;\t\"\n\r".utf8)
        let plain = !value.utf8.contains { marks.contains($0) } && value.first != " " && value.last != " "
        return plain ? value : value.inDoubledQuotes
    }
}

extension String {
    /// This text in quotes, those within doubled, as CSV and TextGrid write it.
    ///
    /// Scalar by scalar: a quote before a combining mark is another character to Swift, but a quote to the reader.
    package var inDoubledQuotes: String {
        var quoted = "\"".unicodeScalars
        for scalar in unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }
}
