import Foundation
import StimmungSupport
import StimmungTensors

/// The features of a corpus: one row for each utterance.
package struct FeatureTable: Sendable {
    /// The utterance of a row.
    package struct Entry: Sendable {
        let file: String
        /// Seconds; nil for the start and the end of the file.
        let start: Double?
        let end: Double?
        /// The class.
        let label: String

        package init(file: String, start: Double?, end: Double?, label: String) {
            (self.file, self.start, self.end, self.label) = (file, start, end, label)
        }
    }

    /// The name of the corpus.
    private let name: String
    private let columns: [String]
    private let entries: [Entry]
    private let rows: Matrix

    /// - Parameters:
    ///   - name: of the corpus.
    ///   - options: what the rows were computed with.
    ///   - rows: one for each entry.
    package init(name: String, _ options: FeatureOptions, _ entries: [Entry], _ rows: Matrix) {
        precondition(rows.rows == entries.count && rows.columns == options.width, "\(rows.rows) rows for \(entries.count) utterances")
        self.name = name
        columns = options.columnNames
        self.entries = entries
        self.rows = rows
    }

    /// Writes the table. The file is written atomically.
    ///
    /// - Throws: `FeatureError.unsuitable` for a format without tables, `.unwritable` if the file cannot be written.
    package func write(to path: String, format: FeatureFormat) throws(FeatureError) {
        let contents = try data(format)
        do { try AtomicFile.write(contents, to: path) } catch { throw .unwritable(file: path, reason: error.reason) }
    }

    /// The contents of such a file.
    package func data(_ format: FeatureFormat) throws(FeatureError) -> Data {
        switch format {
        case .csv: csv()
        case .arff: arff()
        case .npy: FeatureWriter.npy(rows)
        case .htk: throw .unsuitable(format: .htk, reason: "it holds the frames of one recording, and a corpus has many")
        }
    }

    /// A table of audformat: with a filewise index where all utterances are whole files, `file` and the features; otherwise with a segmented index,
    /// `file,start,end` and the features.
    private func csv() -> Data {
        let isFilewise = entries.allSatisfy { $0.start == nil && $0.end == nil }
        var text = CSVLine.text(["file"] + (isFilewise ? [] : ["start", "end"]) + columns)
        for (number, entry) in entries.enumerated() {
            let times = [Timedelta.text(seconds: entry.start ?? 0), entry.end.map { Timedelta.text(seconds: $0) } ?? ""]
            text += CSVLine.text([entry.file] + (isFilewise ? [] : times) + rows.row(number).map(\.description))
        }
        return Data(text.utf8)
    }

    /// Weka's attribute-relation file: the file, its part, the features, and the class as the last attribute.
    private func arff() -> Data {
        let labels = Set(entries.map(\.label)).sorted()
        var text = "@relation \(Self.quoted(name))\n\n@attribute file string\n@attribute start numeric\n@attribute end numeric\n"
        for column in columns { text += "@attribute \(column) numeric\n" }
        text += "@attribute class {\(labels.map(Self.quoted).joined(separator: ","))}\n\n@data\n"
        for (number, entry) in entries.enumerated() {
            text += "\(Self.quoted(entry.file)),\(entry.start ?? 0),\(entry.end.map { "\($0)" } ?? "?")"
            for value in rows.row(number) { text += ",\(value)" }
            text += ",\(Self.quoted(entry.label))\n"
        }
        return Data(text.utf8)
    }

    /// In single quotes, with quotes and backslashes escaped.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
