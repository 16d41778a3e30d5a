import Foundation

/// A comma-separated table with a header line, after RFC 4180: fields in double quotes may hold commas, line ends and doubled quotes.
///
/// Line ends are LF or CRLF, a byte order mark is passed over, empty lines are ignored. A table whose header has no comma but
/// semicolons or tabs, as spreadsheets in many countries write it, is split at those.
package struct CSVTable {
    package struct Row {
        /// Line of the file on which the row begins, from 1.
        package let line: Int
        package let fields: [String]
    }

    package let path: String
    package let header: [String]
    /// Every row has as many fields as the header.
    package let rows: [Row]

    /// - Parameters:
    ///   - path: of the file.
    ///   - pathColumns: names in small letters of columns that hold paths, which need not be UTF-8 (see `PathBytes`).
    /// - Throws: `unreadable`, `empty` and `malformedRow`.
    package init(path: String, pathColumns: Set<String> = []) throws(CSVError) {
        let data: Data
        do {
            data = try Files.read(path)
        } catch {
            throw .unreadable(file: path, reason: error.reason)
        }
        try self.init(bytes: [UInt8](data), path: path, pathColumns: pathColumns)
    }

    package init(bytes: [UInt8], path: String, pathColumns: Set<String> = []) throws(CSVError) {
        self.path = path
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        let newline = UInt8(ascii: "\n")
        let firstLine = content.prefix { $0 != newline }
        let separator = [",", ";", "\t"].map { $0.utf8.first! }.first(where: firstLine.contains) ?? UInt8(ascii: ",")
        let records = try CSVTable.records(content, separator: separator, path: path)
        guard let first = records.first else { throw .empty(file: path) }
        header = first.fields.map { $0.trimmingCharacters(in: .whitespaces) }
        rows = Array(records.dropFirst())
        try requireUTF8(records, pathColumns)
        for row in rows where row.fields.count != header.count {
            throw .malformedRow(
                file: path, line: row.line,
                reason: "has \(row.fields.count) field\(row.fields.count == 1 ? "" : "s") where the header has \(header.count) "
                    + "(a value with a comma must stand in double quotes)")
        }
    }

    private func requireUTF8(_ records: [Row], _ pathColumns: Set<String>) throws(CSVError) {
        for row in records {
            for (column, field) in row.fields.enumerated() where PathBytes.holdsBytes(field) {
                if row.line != records[0].line, column < header.count, pathColumns.contains(header[column].lowercased()) { continue }
                throw .malformedRow(file: path, line: row.line, reason: "is not UTF-8; save the file as UTF-8")
            }
        }
    }

    /// The number of the column of this name, whatever its case.
    ///
    /// - Throws: `missingColumn`
    package func column(_ name: String) throws(CSVError) -> Int {
        guard let index = optionalColumn(name) else { throw .missingColumn(file: path, column: name, present: header) }
        return index
    }

    package func optionalColumn(_ name: String) -> Int? {
        header.firstIndex { $0.lowercased() == name.lowercased() }
    }

    private static func records(_ bytes: ArraySlice<UInt8>, separator: UInt8, path: String) throws(CSVError) -> [Row] {
        let quote = UInt8(ascii: "\"")
        let newline = UInt8(ascii: "\n")
        let carriageReturn = UInt8(ascii: "\r")
        var rows: [Row] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var line = 1
        var rowLine = 1
        var inQuotes = false
        var wasQuoted = false

        func text() -> String { PathBytes.string(from: field) }
        func endRow() {
            if fields.isEmpty && field.isEmpty && !wasQuoted { return }
            fields.append(text())
            rows.append(Row(line: rowLine, fields: fields))
            fields = []
            field = []
            wasQuoted = false
        }

        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            let next = index + 1 < bytes.endIndex ? bytes[index + 1] : nil
            index += 1
            if byte == newline { line += 1 }
            if inQuotes {
                if byte != quote {
                    field.append(byte)
                } else if next == quote {
                    field.append(quote)
                    index += 1
                } else {
                    inQuotes = false
                }
            } else if byte == quote && field.isEmpty && !wasQuoted {
                inQuotes = true
                wasQuoted = true
            } else if byte == separator {
                fields.append(text())
                field = []
                wasQuoted = false
            } else if byte == newline || byte == carriageReturn {
                if byte == carriageReturn && next == newline { continue }
                endRow()
                rowLine = line
            } else {
                field.append(byte)
            }
        }
        if inQuotes {
            throw .malformedRow(file: path, line: rowLine, reason: "opens a double quote that is never closed")
        }
        endRow()
        return rows
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
