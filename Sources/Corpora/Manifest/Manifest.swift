import Foundation
import StimmungSupport

/// A corpus as a table: a CSV file with the columns `file`, `speaker` and `emotion`, and optionally `gender`, `start`, `end`, `text`, `corpus`.
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
        do { return try CSVTable(path: path) } catch { throw CorpusError(error) }
    }

    /// Reads a manifest.
    ///
    /// Rows without an emotion are left out, with a warning.
    ///
    /// - Throws: `unreadable`, `emptyManifest`, `missingColumn`, `malformedRow`, `invalidTime` and `missingFile`, the latter three
    ///   with the line in the file.
    public static func read(path: String) throws(CorpusError) -> Corpus {
        let table = try Manifest.table(path: path)
        let columns = try ManifestColumns(table)
        if table.rows.isEmpty { throw .emptyManifest(manifest: path) }
        var files = ManifestFiles(folder: StimmungSupport.folder(of: path))

        var utterances: [Utterance] = []
        utterances.reserveCapacity(table.rows.count)
        var unlabelled: [CSVTable.Row] = []
        var absent: [(row: CSVTable.Row, file: String)] = []
        for row in table.rows {
            guard var utterance = try columns.utterance(of: row) else {
                unlabelled.append(row)
                continue
            }
            let file = files.path(utterance.file)
            if !file.exists { absent.append((row, file.path)) }
            utterance.file = file.path
            utterances.append(utterance)
        }
        if let first = absent.first {
            let names = Set(absent.map { Array($0.file.utf8) })
            throw .missingFile(manifest: path, line: first.row.line, file: first.file, more: names.count - 1)
        }
        if utterances.isEmpty, let first = unlabelled.first {
            throw .malformedRow(manifest: path, line: first.line, reason: "has no emotion, nor has any other")
        }
        return Corpus(
            name: name(of: path), root: path, kind: columns.kind, utterances: utterances, skipped: [],
            warnings: columns.warnings(unlabelled: unlabelled))
    }

    /// A manifest's name in reports: that of the file, or of its folder where the file has the standard name.
    private static func name(of path: String) -> String {
        let absolute = URL(fileURLWithPath: path)
        return absolute.lastPathComponent == standardName
            ? absolute.deletingLastPathComponent().lastPathComponent : absolute.deletingPathExtension().lastPathComponent
    }
}
