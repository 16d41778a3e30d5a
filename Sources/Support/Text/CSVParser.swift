/// Parses the rows of a table one at a time.
struct CSVParser {
    private let bytes: [UInt8]
    private let path: String
    private let separator: UInt8
    private var index: Int
    private var line = 1
    /// Names of the columns, for errors.
    private var names: [String] = []

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let quote = UInt8(ascii: "\"")

    init(_ text: TableText, path: String) {
        bytes = text.bytes
        self.path = path
        let firstLine = bytes.prefix { $0 != Self.newline && $0 != Self.carriageReturn }
        if let stated = Self.stated(firstLine) {
            separator = stated
            index = firstLine.endIndex
        } else {
            separator = Self.commonest(in: bytes)
            index = 0
        }
    }

    /// The separator in words.
    var separatorName: String {
        switch separator {
        case UInt8(ascii: ","): "a comma"
        case UInt8(ascii: ";"): "a semicolon"
        case UInt8(ascii: "\t"): "a tab"
        default: "\"\(Character(Unicode.Scalar(separator)))\""
        }
    }

    /// The separator named by a line such as `sep=;`, which spreadsheets read and write.
    private static func stated(_ line: ArraySlice<UInt8>) -> UInt8? {
        let text = line.filter { $0 != quote && $0 != UInt8(ascii: " ") }
        let mark = Array("sep=".utf8)
        guard text.count == mark.count + 1, text.prefix(mark.count).map({ $0 | 0x20 }).starts(with: mark.map { $0 | 0x20 }) else {
            return nil
        }
        return text.last
    }

    /// The most frequent separator outside quotes in the first line with content.
    private static func commonest(in bytes: [UInt8]) -> UInt8 {
        let marks = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
        var counts = [UInt8: Int]()
        var inQuotes = false
        var hasContent = false
        for byte in bytes {
            if byte == quote { inQuotes.toggle() }
            if byte == newline || byte == carriageReturn, !inQuotes, hasContent { break }
            if !inQuotes, marks.contains(byte) { counts[byte, default: 0] += 1 } else if byte > UInt8(ascii: " ") { hasContent = true }
        }
        // Ties go to the first.
        return marks.reduce(marks[0]) { (counts[$1] ?? 0) > (counts[$0] ?? 0) ? $1 : $0 }
    }

    /// The next row with content; the first is the header.
    ///
    /// - Throws: `malformedRow`.
    mutating func next() throws(CSVError) -> CSVTable.Row? {
        while index < bytes.endIndex {
            let row = try row()
            guard row.fields.contains(where: { !$0.allSatisfy(\.isWhitespace) }) else { continue }
            if names.isEmpty { names = row.fields }
            return row
        }
        return nil
    }

    private mutating func row() throws(CSVError) -> CSVTable.Row {
        let start = line
        var fields: [String] = []
        while true {
            fields.append(PathBytes.string(from: try field(number: fields.count, rowLine: start)))
            guard index < bytes.endIndex, bytes[index] == separator else { break }
            index += 1
        }
        endLine()
        return CSVTable.Row(line: start, fields: fields)
    }

    /// Skips a line end.
    private mutating func endLine() {
        guard index < bytes.endIndex else { return }
        if bytes[index] == Self.carriageReturn, index + 1 < bytes.endIndex, bytes[index + 1] == Self.newline { index += 1 }
        index += 1
        line += 1
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == separator || byte == Self.newline || byte == Self.carriageReturn }

    private func isSpace(_ byte: UInt8) -> Bool { byte != separator && (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")) }

    /// The bytes of a field, up to the separator or line end.
    private mutating func field(number: Int, rowLine: Int) throws(CSVError) -> [UInt8] {
        var first = index
        while first < bytes.endIndex, isSpace(bytes[first]) { first += 1 }
        guard first < bytes.endIndex, bytes[first] == Self.quote else {
            let start = index
            while index < bytes.endIndex, !isEnd(bytes[index]) { index += 1 }
            return Array(bytes[start..<index])
        }
        index = first + 1
        let field = try quoted(number, rowLine)
        while index < bytes.endIndex, isSpace(bytes[index]) { index += 1 }
        if index < bytes.endIndex, !isEnd(bytes[index]) {
            throw .malformedRow(
                file: path, line: rowLine,
                reason: "has text after the closing quote of \(column(number)); write quotes within a value twice")
        }
        return field
    }

    /// The bytes up to the closing quote.
    private mutating func quoted(_ number: Int, _ rowLine: Int) throws(CSVError) -> [UInt8] {
        var field: [UInt8] = []
        while index < bytes.endIndex {
            let byte = bytes[index]
            let next = index + 1 < bytes.endIndex ? bytes[index + 1] : nil
            index += 1
            if byte == Self.quote {
                guard next == Self.quote else { return field }
                index += 1
            }
            if byte == Self.newline || byte == Self.carriageReturn && next != Self.newline { line += 1 }
            field.append(byte)
        }
        throw .malformedRow(file: path, line: rowLine, reason: "has an opening quote in \(column(number)) that is never closed")
    }

    /// A column in words: `column "speaker"`, or by its number, from 1.
    private func column(_ number: Int) -> String {
        guard number < names.count else { return "column \(number + 1)" }
        return "column \"\(names[number].split(whereSeparator: \.isWhitespace).joined(separator: " "))\""
    }
}
