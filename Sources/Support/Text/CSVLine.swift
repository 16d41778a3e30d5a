/// A line of CSV with quoting as in RFC 4180, ended by a line feed.
///
/// A path byte that is not UTF-8 is written as the text `\xfc` in `text`, and unchanged in `bytes`, for manifests.
package enum CSVLine {
    /// A line with paths that can be read back.
    package static func bytes(_ cells: [String]) -> [UInt8] {
        PathBytes.bytes(of: line(cells))
    }

    package static func text(_ cells: [String]) -> String {
        line(cells).withBytesSpelt()
    }

    private static func line(_ cells: [String]) -> String {
        cells.map(field).joined(separator: ",") + "\n"
    }

    /// A value as a field: quoted if necessary, also for readers that split at semicolons or tabs.
    package static func field(_ value: String) -> String {
        // Compared as bytes: in Swift, a carriage return and a line feed form one character, equal to neither.
        let marks = Array(",;\t\"\n\r".utf8)
        let plain = !value.utf8.contains { marks.contains($0) } && value.first != " " && value.last != " "
        return plain ? value : value.inDoubledQuotes
    }
}

extension String {
    /// This text in quotes, with inner quotes doubled, as in CSV and TextGrid.
    ///
    /// Scalar by scalar: in Swift, a quote before a combining mark is another character, but readers see a quote.
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
