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
    private let words: Int?
    private let corpus: Int?
    private let split: Int?

    /// - Parameter names: columns with another name than the usual one, by the usual one.
    /// - Throws: `missingColumn`, `malformedRow`
    init(_ table: CSVTable, named names: [String: String] = [:]) throws(CorpusError) {
        func name(_ usual: String) -> String { names[usual] ?? usual }
        self.table = table
        file = try table.corpusColumn(name("file"))
        speaker = try table.corpusColumn(name("speaker"))
        emotion = try table.corpusColumn(name("emotion"))
        gender = try table.optionalCorpusColumn(name("gender"))
        start = try table.optionalCorpusColumn(name("start"))
        end = try table.optionalCorpusColumn(name("end"))
        words = try table.optionalCorpusColumn(name("text"))
        corpus = try table.optionalCorpusColumn(name("corpus"))
        split = try table.optionalCorpusColumn(name("split"))
    }

    /// The known corpus that all rows name; nil where they name none or several.
    var kind: KnownCorpus? {
        guard let corpus else { return nil }
        let names = Set(table.rows.map { $0[corpus].trimmingCharacters(in: .whitespaces).lowercased() })
        return names.count == 1 ? KnownCorpus.allCases.first { names.contains($0.title.lowercased()) || names.contains($0.rawValue) } : nil
    }

    /// A field as text; one that is not UTF-8 is guessed.
    private func text(_ row: CSVTable.Row, _ column: Int) -> String { CSVTable.guess(row[column]) ?? row[column] }

    /// The utterance of a row, with the file as written; nil where the row has no label.
    ///
    /// - Throws: `malformedRow`, `invalidTime`
    func utterance(of row: CSVTable.Row) throws(CorpusError) -> Utterance? {
        func malformed(_ reason: String) -> CorpusError { .malformedRow(manifest: table.path, line: row.line, reason: reason) }
        if row.fields.count <= max(file, speaker, emotion) {
            throw malformed("has \(row.fields.count) field\(row.fields.count == 1 ? "" : "s") where the header has \(table.header.count)")
        }
        if row[file].allSatisfy(\.isWhitespace) { throw malformed("has no file") }
        let person = text(row, speaker).trimmingCharacters(in: .whitespacesAndNewlines)
        // NA may be somebody's initials.
        if MissingValue.isMissing(person), person.lowercased() != "na" {
            throw malformed("has no speaker" + (person.isEmpty ? "" : " but \"\(person)\""))
        }
        let from = try table.seconds(row, start)
        let to = try table.seconds(row, end)
        if let to, to <= from ?? 0 { throw malformed("ends at \(to) s, not after its start at \(from ?? 0) s") }
        if MissingValue.isMissing(row[emotion]) { return nil }
        let words = words.map { text(row, $0).trimmingCharacters(in: .whitespaces) }
        var utterance = Utterance(
            file: row[file], speaker: person, gender: gender.flatMap { Gender(name: row[$0]) },
            emotion: text(row, emotion).trimmingCharacters(in: .whitespacesAndNewlines), start: from, end: to,
            text: words?.isEmpty == false ? words : nil)
        utterance.split = split.flatMap { CorpusPart(name: row[$0]) }
        return utterance
    }

    /// Findings about rows that were left out, and rows whose text was guessed.
    ///
    /// - Parameters:
    ///   - unlabelled: rows without a label.
    ///   - guessedFiles: lines of rows whose file was found by a guess at the encoding of its name.
    func warnings(unlabelled: [CSVTable.Row], guessedFiles: Set<Int>) -> [CorpusWarning] {
        func lines(_ rows: [CSVTable.Row], _ note: (CSVTable.Row) -> String = { _ in "" }) -> [String] {
            rows.map { "line \($0.line)" + note($0) }
        }
        let missing = lines(unlabelled) { $0[emotion].isEmpty ? "" : " (\"\($0[emotion])\")" }
        let texts = [speaker, emotion] + [words].compactMap(\.self)
        let guessed = lines(
            table.rows.filter { row in guessedFiles.contains(row.line) || texts.contains { PathBytes.holdsBytes(row[$0]) } })
        let undecoded = CorpusWarning(.decodedText, guessed) {
            "\(guessed.count) row\(guessed.count == 1 ? " of \(table.path) is" : "s of \(table.path) are") not UTF-8 and "
                + "\(guessed.count == 1 ? "was" : "were") read as Windows-1252: \($0). Save the file as UTF-8."
        }
        return CorpusWarning.unlabelled(missing, of: table.path) + (guessed.isEmpty ? [] : [undecoded])
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

    /// The time in a column that may be missing; nil for a missing value.
    ///
    /// - Throws: `CorpusError.invalidTime`
    func seconds(_ row: Row, _ column: Int?) throws(CorpusError) -> Double? {
        guard let column else { return nil }
        switch TimeField.value(row[column]) {
        case .none: return nil
        case .seconds(let seconds): return seconds
        case .invalid: throw .invalidTime(manifest: path, line: row.line, column: header[column].lowercased(), value: row[column])
        }
    }
}
