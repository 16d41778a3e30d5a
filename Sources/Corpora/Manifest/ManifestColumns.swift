import Foundation
import StimmungSupport

/// Where the columns of a manifest are.
struct ManifestColumns {
    private let table: CSVTable
    private let file: Int
    private let speaker: Int
    private let emotion: Int
    private let gender: Int?
    private let start: Int?
    private let end: Int?
    private let text: Int?
    private let corpus: Int?

    /// - Throws: `missingColumn`, `malformedRow`
    init(_ table: CSVTable) throws(CorpusError) {
        self.table = table
        file = try table.corpusColumn("file")
        speaker = try table.corpusColumn("speaker")
        emotion = try table.corpusColumn("emotion")
        gender = try table.optionalCorpusColumn("gender")
        start = try table.optionalCorpusColumn("start")
        end = try table.optionalCorpusColumn("end")
        text = try table.optionalCorpusColumn("text")
        corpus = try table.optionalCorpusColumn("corpus")
    }

    /// The known corpus that all rows name; nil where they name none or several.
    var kind: KnownCorpus? {
        guard let corpus else { return nil }
        let names = Set(table.rows.map { $0[corpus].trimmingCharacters(in: .whitespaces).lowercased() })
        return names.count == 1 ? KnownCorpus.allCases.first { names.contains($0.title.lowercased()) || names.contains($0.rawValue) } : nil
    }

    /// The utterance of a row, with the file as written; nil where the row has no label.
    ///
    /// - Throws: `malformedRow`, `invalidTime`
    func utterance(of row: CSVTable.Row) throws(CorpusError) -> Utterance? {
        func malformed(_ reason: String) -> CorpusError { .malformedRow(manifest: table.path, line: row.line, reason: reason) }
        if row.fields.count <= max(file, speaker, emotion) {
            throw malformed("has \(row.fields.count) field\(row.fields.count == 1 ? "" : "s") where the header has \(table.header.count)")
        }
        func time(_ column: Int?, _ name: String) throws(CorpusError) -> Double? {
            guard let column else { return nil }
            switch TimeField.value(row[column]) {
            case .none: return nil
            case .seconds(let seconds): return seconds
            case .invalid: throw .invalidTime(manifest: table.path, line: row.line, column: name, value: row[column])
            }
        }
        if row[file].allSatisfy(\.isWhitespace) { throw malformed("has no file") }
        let person = row[speaker].trimmingCharacters(in: .whitespacesAndNewlines)
        // NA may be somebody's initials.
        if MissingValue.isMissing(person), person.lowercased() != "na" {
            throw malformed("has no speaker" + (person.isEmpty ? "" : " but \"\(person)\""))
        }
        let from = try time(start, "start")
        let to = try time(end, "end")
        if let to, to <= from ?? 0 { throw malformed("ends at \(to) s, not after its start at \(from ?? 0) s") }
        if MissingValue.isMissing(row[emotion]) { return nil }
        let words = text.map { row[$0].trimmingCharacters(in: .whitespaces) }
        return Utterance(
            file: row[file], speaker: person, gender: gender.flatMap { Gender(name: row[$0]) },
            emotion: row[emotion].trimmingCharacters(in: .whitespacesAndNewlines), start: from, end: to,
            text: words?.isEmpty == false ? words : nil)
    }

    /// Findings about rows that were left out, and rows whose text was guessed.
    ///
    /// - Parameter unlabelled: rows without a label.
    func warnings(unlabelled: [CSVTable.Row]) -> [CorpusWarning] {
        func lines(_ rows: [CSVTable.Row], _ note: (CSVTable.Row) -> String = { _ in "" }) -> [String] {
            rows.map { "line \($0.line)" + note($0) }
        }
        let missing = lines(unlabelled) { $0[emotion].isEmpty ? "" : " (\"\($0[emotion])\")" }
        let guessed = lines(table.rows.filter(\.isGuessed))
        return [
            CorpusWarning(.unlabelledRows, missing) {
                "\(missing.count) row\(missing.count == 1 ? " of \(table.path) has" : "s of \(table.path) have") no emotion and "
                    + "\(missing.count == 1 ? "was" : "were") left out: \($0)."
            },
            CorpusWarning(.decodedText, guessed) {
                "\(guessed.count) row\(guessed.count == 1 ? " of \(table.path) is" : "s of \(table.path) are") not UTF-8 and "
                    + "\(guessed.count == 1 ? "was" : "were") read as Windows-1252: \($0). Save the file as UTF-8."
            },
        ].filter { $0.count > 0 }
    }
}

extension CSVTable {
    /// The number of the column of this name.
    ///
    /// - Throws: `CorpusError.missingColumn`, `CorpusError.malformedRow`
    func corpusColumn(_ name: String) throws(CorpusError) -> Int {
        do { return try column(name) } catch { throw CorpusError(error) }
    }

    /// The same for a column that may be missing.
    func optionalCorpusColumn(_ name: String) throws(CorpusError) -> Int? {
        do { return try optionalColumn(name) } catch { throw CorpusError(error) }
    }
}
