import Foundation
import StimmungSupport

/// Labels that mean the same as another, from a table of one's own: what one corpus calls *enthusiasm* may be another's *happiness*.
///
///     label,class,corpus
///     enthusiasm,happiness,
///     calm,neutral,RAVDESS
///     other,,
///
/// Synonyms apply to the corpus they name, or to all. A label with an empty class is left out, with its utterances. Known emotions and their
/// translations need no table.
public struct LabelSynonyms: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        let line: Int
        let label: String
        /// nil leaves the label out.
        let meaning: String?
        /// nil for all corpora.
        let corpus: String?
    }

    /// Path of the table.
    public let path: String
    private let entries: [Entry]

    /// Reads a CSV file with the columns `label` and `class`, and optionally `corpus`.
    ///
    /// - Throws: `unreadable`, `synonyms`.
    public init(contentsOf path: String) throws(CorpusError) {
        self.path = path
        let table: CSVTable
        let (label, meaning): (Int, Int)
        let corpus: Int?
        do {
            table = try CSVTable(path: path)
            label = try table.column("label")
            meaning = try table.column("class")
            corpus = try table.optionalColumn("corpus")
        } catch {
            throw Self.error(error)
        }
        func invalid(_ reason: String) -> CorpusError { .synonyms(table: path, reason: reason) }
        if table.rows.isEmpty { throw invalid("has no rows") }
        var entries: [Entry] = []
        for row in table.rows {
            func text(_ column: Int) -> String { (CSVTable.guess(row[column]) ?? row[column]).trimmingCharacters(in: .whitespaces) }
            let entry = Entry(
                line: row.line, label: Emotion.canonicalLabel(text(label)),
                meaning: text(meaning).isEmpty ? nil : Emotion.canonicalLabel(text(meaning)),
                corpus: corpus.map(text).flatMap { $0.isEmpty ? nil : $0 })
            if entry.label.isEmpty { throw invalid("has no label in line \(row.line)") }
            if let other = entries.first(where: { $0.label == entry.label && $0.corpus == entry.corpus }) {
                throw invalid("has the label \(entry.label) in line \(other.line) and again in line \(row.line)")
            }
            entries.append(entry)
        }
        self.entries = entries
    }

    /// The corpus with its labels replaced, and without those that are left out.
    ///
    /// One step only: a synonym of a synonym keeps the first meaning.
    public func applied(to corpus: Corpus) -> Corpus {
        var removed: [String: Int] = [:]
        let utterances = corpus.utterances.compactMap { utterance -> Utterance? in
            guard let entry = entry(for: utterance.emotion, in: corpus.part(of: utterance)) else { return utterance }
            guard let meaning = entry.meaning else {
                removed[utterance.emotion, default: 0] += 1
                return nil
            }
            var copy = utterance
            copy.emotion = meaning
            return copy
        }
        let lost = removed.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
        let warning = CorpusWarning(.unmappedLabels, lost) {
            "\(path) leaves out labels of \(corpus.name), with their utterances: \($0)."
        }
        return corpus.with(utterances, adding: lost.isEmpty ? [] : [warning])
    }

    /// Refuses entries that change nothing: they are typing errors.
    ///
    /// - Throws: `synonyms`
    public func check(_ corpora: [Corpus]) throws(CorpusError) {
        for entry in entries {
            let concerned = corpora.filter { applies(entry, to: $0.name) }
            if let name = entry.corpus, concerned.isEmpty {
                let known = corpora.map(\.name).joined(separator: ", ")
                throw .synonyms(
                    table: path, reason: "names the corpus \(name) in line \(entry.line), but the corpora are \(known)")
            }
            guard !concerned.contains(where: { $0.labels.contains(entry.label) }) else { continue }
            let present = LabelSet(concerned.flatMap(\.labels.labels)).labels.joined(separator: ", ")
            throw .synonyms(
                table: path, reason: "has the label \(entry.label) in line \(entry.line), but the labels of the corpora are \(present)")
        }
    }

    private static func error(_ error: CSVError) -> CorpusError {
        switch error {
        case .unreadable(let file, let reason): .unreadable(path: file, reason: reason)
        case .empty(let file): .synonyms(table: file, reason: "has no header")
        case .missingColumn(let file, let column, let present):
            .synonyms(table: file, reason: "has no column \(column), only \(present.joined(separator: ", "))")
        case .malformedRow(let file, let line, let reason): .synonyms(table: file, reason: "is malformed: line \(line) \(reason)")
        }
    }

    /// The entry for the corpus alone comes before that for all.
    private func entry(for label: String, in corpus: String) -> Entry? {
        let own = entries.filter { $0.label == label && applies($0, to: corpus) }
        return own.first { $0.corpus != nil } ?? own.first
    }

    private func applies(_ entry: Entry, to corpus: String) -> Bool { entry.corpus.map { $0.lowercased() == corpus.lowercased() } ?? true }
}
