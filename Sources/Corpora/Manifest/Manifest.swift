import Foundation
import StimmungSupport

/// A corpus as a table: a CSV file with the columns `file`, `speaker` and `emotion`, and optionally `gender`, `start`, `end`, `text`.
///
///     file,speaker,gender,emotion,start,end
///     audio/call1.wav,anna,female,anger,0.5,2.75
///     audio/call2.wav,ben,male,neutral,,
///
/// Paths are relative to the folder of the CSV. The order of the columns is free, other columns are ignored, as nkululeko and
/// audformat write them. Labels are canonicalised where they are known emotions and kept as written where they are not.
/// Rows may repeat: a file may hold several utterances, and twice the same row is two utterances.
public enum Manifest {
    /// Name by which a manifest inside a corpus's folder is found.
    package static let standardName = "manifest.csv"

    /// Reads a table of a corpus.
    static func table(path: String) throws(CorpusError) -> CSVTable {
        do { return try CSVTable(path: path, pathColumns: ["file"]) } catch { throw CorpusError(error) }
    }

    /// Reads a manifest.
    ///
    /// - Throws: `unreadable`, `emptyManifest`, `missingColumn`, `malformedRow`, `invalidTime` and `missingFile`, the latter three
    ///   with the line in the file.
    public static func read(path: String) throws(CorpusError) -> Corpus {
        let table = try Manifest.table(path: path)
        let columns = try Columns(table)
        if table.rows.isEmpty { throw .emptyManifest(manifest: path) }
        let folder = StimmungSupport.folder(of: path)

        var utterances: [Utterance] = []
        utterances.reserveCapacity(table.rows.count)
        for row in table.rows {
            utterances.append(try columns.utterance(of: row, in: folder, manifest: path))
        }
        // One look at each file, however many utterances it holds.
        let absent = Set(utterances.map { PathKey($0.file) }).filter { !Files.exists($0.path) }
        if let first = utterances.firstIndex(where: { absent.contains(PathKey($0.file)) }) {
            throw .missingFile(
                manifest: path, line: table.rows[first].line, file: utterances[first].file, more: absent.count - 1)
        }
        return Corpus(name: name(of: path), root: path, utterances: utterances)
    }

    /// A manifest's name in reports: that of the file, or of its folder where the file has the standard name.
    private static func name(of path: String) -> String {
        fileName(of: path) == standardName ? fileName(of: StimmungSupport.folder(of: absolutePath(path))) : stem(of: path)
    }
}

/// Where the columns of a manifest stand.
private struct Columns {
    let file: Int
    let speaker: Int
    let emotion: Int
    let gender: Int?
    let start: Int?
    let end: Int?
    let text: Int?

    init(_ table: CSVTable) throws(CorpusError) {
        file = try table.corpusColumn("file")
        speaker = try table.corpusColumn("speaker")
        emotion = try table.corpusColumn("emotion")
        gender = table.optionalColumn("gender")
        start = table.optionalColumn("start")
        end = table.optionalColumn("end")
        text = table.optionalColumn("text")
    }

    func utterance(of row: CSVTable.Row, in folder: String, manifest: String) throws(CorpusError) -> Utterance {
        func value(_ column: Int, _ name: String) throws(CorpusError) -> String {
            let value = row.fields[column].trimmingCharacters(in: .whitespaces)
            if value.isEmpty { throw .malformedRow(manifest: manifest, line: row.line, reason: "has no \(name)") }
            return value
        }
        func time(_ column: Int?, _ name: String) throws(CorpusError) -> Double? {
            guard let column else { return nil }
            switch TimeField.value(row.fields[column]) {
            case .none: return nil
            case .seconds(let seconds): return seconds
            case .invalid: throw .invalidTime(manifest: manifest, line: row.line, column: name, value: row.fields[column])
            }
        }
        let path = try value(file, "file")
        let from = try time(start, "start")
        let to = try time(end, "end")
        if let to, to <= from ?? 0 {
            throw .malformedRow(manifest: manifest, line: row.line, reason: "ends at \(to) s, not after its start at \(from ?? 0) s")
        }
        let words = text.map { row.fields[$0].trimmingCharacters(in: .whitespaces) }
        return Utterance(
            file: path.utf8.first == UInt8(ascii: "/") ? path : joined(folder, path),
            speaker: try value(speaker, "speaker"), gender: gender.flatMap { Gender(name: row.fields[$0]) },
            emotion: try value(emotion, "emotion"), start: from, end: to,
            text: words?.isEmpty == false ? words : nil)
    }
}

extension CSVTable {
    /// The number of the column of this name.
    ///
    /// - Throws: `CorpusError.missingColumn`
    func corpusColumn(_ name: String) throws(CorpusError) -> Int {
        do { return try column(name) } catch { throw CorpusError(error) }
    }
}
