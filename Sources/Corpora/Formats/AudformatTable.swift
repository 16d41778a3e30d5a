import Foundation
import StimmungSupport

/// A table of an audformat database as CSV, such as `db.files.csv`.
struct AudformatTable {
    /// A file, or a segment of it.
    struct Key: Hashable {
        let file: PathKey
        var start: Double?
        var end: Double?

        /// The whole file.
        var whole: Key { Key(file: file) }
    }

    let table: CSVTable
    private let file: Int
    private let start: Int?
    private let end: Int?

    /// - Throws: `invalidFormat` if the table is stored in another format, and what `Manifest.table` throws.
    init(_ table: AudformatHeader.Table, of header: AudformatHeader) throws(CorpusError) {
        self.table = try Self.csv(table.id, of: header)
        file = try self.table.corpusColumn("file")
        start = table.isSegmented ? try self.table.corpusColumn("start") : nil
        end = table.isSegmented ? try self.table.corpusColumn("end") : nil
    }

    /// - Throws: as the initialiser does.
    static func csv(_ id: String, of header: AudformatHeader) throws(CorpusError) -> CSVTable {
        let stem = joined(folder(of: header.path), "\(stem(of: header.path)).\(id)")
        if !Files.exists(stem + ".csv") {
            let other = ["parquet", "pkl"].first { Files.exists("\(stem).\($0)") }
            let reason = other.map { "its table \(id) is stored as \($0). Save it as CSV: db.save(folder, storage_format=\"csv\")" }
            throw AudformatHeader.invalid(header.path, reason ?? "its table \(id) is missing: there is no file \(stem).csv")
        }
        return try Manifest.table(path: stem + ".csv")
    }

    /// - Throws: `invalidTime`
    func key(_ row: CSVTable.Row) throws(CorpusError) -> Key {
        Key(file: PathKey(row[file]), start: try table.seconds(row, start), end: try table.seconds(row, end))
    }

    /// The values of a column by file or segment, without missing ones.
    ///
    /// - Throws: `missingColumn`, `malformedRow`, `invalidTime`
    func values(_ column: String) throws(CorpusError) -> [Key: String] {
        let index = try table.corpusColumn(column)
        var values: [Key: String] = [:]
        for row in table.rows where !MissingValue.isMissing(row[index]) {
            values[try key(row)] = row[index].trimmingCharacters(in: .whitespaces)
        }
        return values
    }
}
