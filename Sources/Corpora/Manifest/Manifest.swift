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
    public static func read(path: String) throws(CorpusError) -> Corpus { try read(path: path, CorpusReading()) }

    static func read(path: String, _ reading: CorpusReading) throws(CorpusError) -> Corpus {
        try reading.requireNoConfidence(path)
        let table = try Manifest.table(path: path)
        let columns = try ManifestColumns(table, named: reading.columns)
        if table.rows.isEmpty { throw .emptyManifest(manifest: path) }
        var list = try UtteranceList(path: path, reading)
        var unlabelled: [CSVTable.Row] = []
        for row in table.rows {
            guard let utterance = try columns.utterance(of: row) else {
                unlabelled.append(row)
                continue
            }
            try list.add(utterance, line: row.line)
        }
        let utterances = try list.found()
        if utterances.isEmpty, let first = unlabelled.first {
            throw .malformedRow(manifest: path, line: first.line, reason: "has no emotion, nor has any other")
        }
        return Corpus(
            name: name(of: path), root: path, kind: columns.kind, utterances: utterances, skipped: [],
            warnings: columns.warnings(unlabelled: unlabelled, guessedFiles: list.guessedLines))
    }

    /// A manifest's name in reports: that of the file, or of its folder where the file has the standard name.
    private static func name(of path: String) -> String {
        fileName(of: path) == standardName ? fileName(of: StimmungSupport.folder(of: absolutePath(path))) : stem(of: path)
    }
}
