import Foundation
import StimmungSupport

/// Folds as lists of files.
///
/// A folder of EmoBox has a folder per fold (`fold_1`), each with JSON lines whose names contain `train`, `test` and possibly `valid`; the latter
/// are for training. A CSV or JSON lines file has the columns `file` (or `wav`) and `fold`, the fold that tests the file; the others train on
/// it. With a third column, `part`, a line puts its file into training (`train`, `dev` or `valid`) or the test (`test`) of that fold only.
package struct FoldList: Sendable {
    struct Entry: Sendable {
        let list: String
        let line: Int
        let file: String
    }

    struct Folds: Sendable {
        let name: String
        var train: [Entry] = []
        var test: [Entry] = []
    }

    let path: String
    private(set) var folds: [Folds] = []

    /// - Throws: `unreadable`, `malformedRow`, `missingColumn`, `emptyManifest`, `invalidFormat`
    package init(path: String) throws(CorpusError) {
        self.path = path
        guard Files.exists(path) else {
            throw .unreadable(path: path, reason: "there is no such file or folder. Check the path of the list of folds")
        }
        if isFolder(path) {
            guard let folder = FoldFolder(path) else {
                throw invalid("it has no folders with JSON lines for training and test, such as fold_1/train.jsonl and fold_1/test.jsonl")
            }
            for fold in folder.folds {
                func entries(_ lists: [String]) throws(CorpusError) -> [Entry] {
                    var all: [Entry] = []
                    for list in lists { all += try EmoBox.entries(path: list).map { Entry(list: $0.list, line: $0.line, file: $0.file) } }
                    return all
                }
                folds.append(Folds(name: fold.name, train: try entries(fold.train), test: try entries(fold.test)))
            }
        } else {
            folds = try Self.folds(try Self.rows(path), of: path)
        }
        for fold in folds where fold.train.isEmpty || fold.test.isEmpty {
            throw invalid("fold \(fold.name) has no file for \(fold.train.isEmpty ? "training" : "the test")")
        }
    }

    private func invalid(_ reason: String) -> CorpusError { .invalidFormat(file: path, format: "list of folds", reason: reason) }

    private struct Row {
        let entry: Entry
        let fold: String
        let part: CorpusPart?
    }

    private static func rows(_ path: String) throws(CorpusError) -> [Row] {
        var rows: [Row] = []
        func add(_ entry: Entry, _ fold: String, _ part: String?) throws(CorpusError) {
            func malformed(_ reason: String) -> CorpusError { .malformedRow(manifest: path, line: entry.line, reason: reason) }
            if fold.isEmpty { throw malformed("names no fold") }
            let word = part.flatMap { MissingValue.isMissing($0) ? nil : $0 }
            let known = word.flatMap(CorpusPart.init(name:))
            if let word, known == nil { throw malformed("has the part \"\(word)\", which is not train, dev or test") }
            rows.append(Row(entry: entry, fold: fold, part: known))
        }
        if ["jsonl", "ndjson"].contains(fileExtension(of: path)) {
            for entry in try EmoBox.entries(path: path) {
                try add(Entry(list: path, line: entry.line, file: entry.file), entry.fold ?? "", entry.part)
            }
        } else {
            let table = try Manifest.table(path: path)
            let (file, fold, part) = (
                try table.corpusColumn("file"), try table.corpusColumn("fold"), try table.optionalCorpusColumn("part")
            )
            for row in table.rows {
                try add(
                    Entry(list: path, line: row.line, file: row[file]), row[fold].trimmingCharacters(in: .whitespaces),
                    part.map { row[$0] })
            }
        }
        if rows.isEmpty { throw .emptyManifest(manifest: path) }
        return rows
    }

    private static func folds(_ rows: [Row], of path: String) throws(CorpusError) -> [Folds] {
        let names = Set(rows.map(\.fold)).sorted(by: naturallyPrecedes)
        return names.map { name in
            var fold = Folds(name: name)
            for row in rows {
                switch row.part {
                case nil: if row.fold == name { fold.test.append(row.entry) } else { fold.train.append(row.entry) }
                case .test: if row.fold == name { fold.test.append(row.entry) }
                case .train, .development: if row.fold == name { fold.train.append(row.entry) }
                }
            }
            return fold
        }
    }
}
