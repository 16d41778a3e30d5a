/// A line of CSV with quoting as in RFC 4180, ended by a line feed.
enum CSVLine {
    static func text(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\n"
    }

    private static func quoted(_ cell: String) -> String {
        // Looked for as bytes: to Swift, a carriage return and a line feed are one character, equal to neither.
        let marks = Array(",\"\n\r".utf8)
        let plain = !cell.utf8.contains { marks.contains($0) } && cell.first != " " && cell.last != " "
        return plain ? cell : cell.inDoubledQuotes
    }
}
