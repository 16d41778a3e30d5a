import Foundation

/// A table with a header line, from spreadsheets and scripts.
///
/// RFC 4180, with the habits of common programs. Fields may have spaces before and after their quotes. Line ends are LF, CRLF or CR. The
/// separator is named by a first line `sep=;`; otherwise it is the most frequent one of comma, semicolon, tab and vertical bar in the header.
/// Rows without content and empty fields beyond the header are ignored. The encoding is UTF-8 or UTF-16, with or without a byte order mark.
/// In a field that is not UTF-8, bytes are kept as in `PathBytes`; `CSVTable.guess` reads them as Windows-1252.
package struct CSVTable {
    package struct Row {
        /// Line of the file on which the row begins, from 1.
        package let line: Int
        /// At most as many fields as the header has.
        package let fields: [String]
        /// The field of a column; empty if the row is shorter.
        package subscript(column: Int) -> String { column < fields.count ? fields[column] : "" }
    }

    package let path: String
    /// Column names without outer spaces.
    package let header: [String]
    package let rows: [Row]
    private let headerLine: Int

    /// - Throws: `unreadable`, `empty` and `malformedRow`.
    package init(path: String) throws(CSVError) {
        let data: Data
        do { data = try Files.read(path) } catch { throw .unreadable(file: path, reason: error.reason) }
        try self.init(bytes: [UInt8](data), path: path)
    }

    package init(bytes: [UInt8], path: String) throws(CSVError) {
        self.path = path
        guard let text = TableText(bytes) else { throw .unreadable(file: path, reason: "it is not a text file") }
        var parser = CSVParser(text, path: path)
        guard let first = try parser.next() else { throw .empty(file: path) }
        headerLine = first.line
        var names = first.fields.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        while names.last?.isEmpty == true { names.removeLast() }
        header = names
        var rows: [Row] = []
        while let row = try parser.next() {
            guard row.fields.count > names.count else {
                rows.append(row)
                continue
            }
            let extra = row.fields[names.count...].count { !$0.allSatisfy(\.isWhitespace) }
            if extra > 0 {
                throw .malformedRow(
                    file: path, line: row.line,
                    reason:
                        "has \(row.fields.count) fields where the header has \(names.count); write a value that contains \(parser.separatorName) "
                        + "in double quotes")
            }
            rows.append(Row(line: row.line, fields: Array(row.fields[..<names.count])))
        }
        self.rows = rows
    }

    /// The text of a field that is not UTF-8, decoded as Windows-1252 (undefined bytes as Latin-1); nil for fields in UTF-8.
    package static func guess(_ field: String) -> String? {
        guard PathBytes.holdsBytes(field) else { return nil }
        let bytes = PathBytes.bytes(of: field)
        return String(bytes: bytes, encoding: .windowsCP1252) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// The number of the column with this name, ignoring case.
    ///
    /// - Throws: `missingColumn`; `malformedRow` if several columns have the name.
    package func column(_ name: String) throws(CSVError) -> Int {
        guard let index = try optionalColumn(name) else { throw .missingColumn(file: path, column: name, present: header) }
        return index
    }

    /// The same for a column that may be missing.
    ///
    /// - Throws: `malformedRow`.
    package func optionalColumn(_ name: String) throws(CSVError) -> Int? {
        let found = header.indices.filter { header[$0].lowercased() == name.lowercased() }
        if found.count > 1 {
            throw .malformedRow(file: path, line: headerLine, reason: "has \(found.count) columns \"\(name)\"; rename or remove one")
        }
        return found.first
    }
}

/// Why a table cannot be read.
package enum CSVError: StimmungError, Equatable {
    case unreadable(file: String, reason: String)
    case empty(file: String)
    case missingColumn(file: String, column: String, present: [String])
    /// `reason` is a predicate: "has 3 fields where the header has 4".
    case malformedRow(file: String, line: Int, reason: String)

    package var code: String {
        switch self {
        case .unreadable: "csv.unreadable"
        case .empty: "csv.empty"
        case .missingColumn: "csv.missing-column"
        case .malformedRow: "csv.malformed-row"
        }
    }

    package var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)."
        case .empty(let file): "\(file) has no header line."
        case .missingColumn(let file, let column, let present):
            "\(file) has no column \"\(column)\" (its columns: \(present.joined(separator: ", ")))."
        case .malformedRow(let file, let line, let reason): "Line \(line) of \(file) \(reason)."
        }
    }
}
