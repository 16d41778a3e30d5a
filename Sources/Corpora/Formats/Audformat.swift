import Foundation
import StimmungSupport

/// Databases of audformat: a header `db.yaml` and tables as CSV. Source: https://audeering.github.io/audformat, version 1.4.
///
/// Labels are those of the gold standard if a table has this in its name, otherwise of the table `emotion`, otherwise of any table with emotions.
/// Speakers and genders are those of any table, or of the labels of the scheme `speaker`.
struct Audformat {
    /// Name by which a database inside a folder is found.
    static let standardName = "db.yaml"

    private let header: AudformatHeader
    private let reading: CorpusReading
    private let speakers: [AudformatTable.Key: String]
    private let genders: [AudformatTable.Key: String]
    private let gendersOfSpeakers: [String: String]

    /// A label of a file or segment.
    private struct Row {
        let table: String
        let line: Int
        let key: AudformatTable.Key
        let label: String
        let part: CorpusPart?
    }

    /// What is left out of a corpus.
    private struct Omissions {
        var unlabelled: [String] = []
        var unsure: [String] = []
    }

    /// - Throws: `unreadable`, `invalidFormat`, `missingColumn`, `malformedRow`, `invalidTime`, `invalidOption`, `missingFile`, `ambiguousFile`
    static func read(path: String, _ reading: CorpusReading) throws(CorpusError) -> Corpus {
        try Audformat(path: path, reading).corpus()
    }

    private init(path: String, _ reading: CorpusReading) throws(CorpusError) {
        self.reading = reading
        header = try AudformatHeader(path: path)
        speakers = try Self.values(["speaker"], header)
        genders = try Self.values(Self.genderNames, header)
        gendersOfSpeakers = try Self.gendersOfSpeakers(header)
    }

    private static let genderNames = ["gender", "sex"]

    /// The values of the columns of this name in all tables.
    private static func values(_ names: [String], _ header: AudformatHeader) throws(CorpusError) -> [AudformatTable.Key: String] {
        var values: [AudformatTable.Key: String] = [:]
        for table in header.tables {
            guard let column = AudformatHeader.column(table, names) else { continue }
            values.merge(try AudformatTable(table, of: header).values(column)) { first, _ in first }
        }
        return values
    }

    private static func gendersOfSpeakers(_ header: AudformatHeader) throws(CorpusError) -> [String: String] {
        guard let scheme = header.schemes["speaker"] else { return [:] }
        guard let table = scheme.table else {
            return (scheme.labels ?? [:]).compactMapValues { properties in genderNames.lazy.compactMap { properties[$0] }.first }
        }
        guard header.others.contains(table) else { return [:] }
        let csv = try AudformatTable.csv(table, of: header)
        var column: Int?
        for name in genderNames where column == nil { column = try csv.optionalCorpusColumn(name) }
        guard let column else { return [:] }
        // The first column is the index.
        return Dictionary(csv.rows.map { ($0[0], $0[column]) }, uniquingKeysWith: { first, _ in first })
    }

    private func corpus() throws(CorpusError) -> Corpus {
        var omissions = Omissions()
        var rows: [Row] = []
        for table in try labelTables() { rows += try self.rows(table, &omissions) }
        let naming = FileNaming(of: rows.map(\.key.file.path))
        var skipped: [SkippedFile] = []
        if naming?.kind == .emodb {
            let published = EmoDBRecordings.checksums
            skipped = rows.filter { published[stem(of: $0.key.file.path)] == nil }.map {
                SkippedFile(file: $0.key.file.path, reason: "not one of the \(published.count) published recordings of EmoDB")
            }
            rows.removeAll { published[stem(of: $0.key.file.path)] == nil }
        }
        if rows.isEmpty { throw AudformatHeader.invalid(header.path, "no recording has an emotion, or all are left out") }
        var list = try UtteranceList(path: header.path, reading)
        var seen: [AudformatTable.Key: Set<String>] = [:]
        // Training and test tables may repeat the rows of another table.
        for row in rows where seen[row.key, default: []].insert(row.label).inserted {
            try list.add(try utterance(row, naming), line: row.line, of: row.table)
        }
        return Corpus(
            name: naming?.kind.title ?? header.name ?? stem(of: header.path), root: header.path, kind: naming?.kind,
            utterances: try list.found(), skipped: skipped, warnings: warnings(omissions))
    }

    /// The tables with the best labels.
    private func labelTables() throws(CorpusError) -> [AudformatHeader.Table] {
        let tables = header.tables.filter { header.emotions($0) != nil }
        func rank(_ table: AudformatHeader.Table) -> Int { table.id.contains("gold_standard") ? 0 : table.id == "emotion" ? 1 : 2 }
        guard let best = tables.map(rank).min() else {
            let columns = header.tables.map { "\($0.id) (\($0.columns.map(\.name).joined(separator: ", ")))" }.joined(separator: ", ")
            throw AudformatHeader.invalid(header.path, "none of its tables has a column of emotions: \(columns)")
        }
        let chosen = tables.filter { rank($0) == best }
        // Labels of files and of their segments would contradict each other.
        let whole = chosen.filter { !$0.isSegmented }
        return whole.isEmpty ? chosen : whole
    }

    private func rows(_ definition: AudformatHeader.Table, _ omissions: inout Omissions) throws(CorpusError) -> [Row] {
        guard let (column, scheme) = header.emotions(definition) else { return [] }
        let table = try AudformatTable(definition, of: header)
        let index = try table.table.corpusColumn(column)
        let labels = scheme.flatMap { header.schemes[$0]?.labels }
        let confidence = try confidences(definition, column, table)
        var rows: [Row] = []
        for row in table.table.rows {
            let label = row[index].trimmingCharacters(in: .whitespaces)
            let place = "line \(row.line) of \(fileName(of: table.table.path))"
            if MissingValue.isMissing(label) {
                omissions.unlabelled.append(place)
                continue
            }
            if let labels, labels[label] == nil {
                throw .malformedRow(
                    manifest: table.table.path, line: row.line,
                    reason: "has the label \"\(label)\", which the scheme \(scheme ?? "") does not define")
            }
            if let least = reading.leastConfidence, let confidence, !(Double(row[confidence]).map { $0 >= least } ?? false) {
                omissions.unsure.append(place)
                continue
            }
            // A label such as 3 may have its name beside it.
            let name = labels?[label]?["name"]
            let known = Emotion(name: label) == nil ? name.flatMap { Emotion(name: $0) == nil ? nil : $0 } : nil
            rows.append(
                Row(table: table.table.path, line: row.line, key: try table.key(row), label: known ?? label, part: definition.part))
        }
        return rows
    }

    /// The column of confidences; nil if none is wanted.
    private func confidences(
        _ definition: AudformatHeader.Table, _ column: String, _ table: AudformatTable
    ) throws(CorpusError) -> Int? {
        guard reading.leastConfidence != nil else { return nil }
        guard let name = AudformatHeader.column(definition, ["\(column.lowercased()).confidence", "confidence"]) else {
            try reading.requireNoConfidence(table.table.path)
            return nil
        }
        return try table.table.corpusColumn(name)
    }

    private func utterance(_ row: Row, _ naming: FileNaming?) throws(CorpusError) -> Utterance {
        func value(_ values: [AudformatTable.Key: String]) -> String? { values[row.key] ?? values[row.key.whole] }
        let named = naming?.utterance(row.key.file.path)
        guard let speaker = value(speakers) ?? named?.speaker else {
            throw .malformedRow(
                manifest: row.table, line: row.line, reason: "has no speaker, nor has any other table. Add a column \"speaker\" to one")
        }
        if let end = row.key.end, end <= row.key.start ?? 0 {
            throw .malformedRow(manifest: row.table, line: row.line, reason: "ends at \(end) s, not after its start")
        }
        var utterance = named ?? Utterance(file: row.key.file.path, speaker: speaker, emotion: row.label)
        let gender = (value(genders) ?? gendersOfSpeakers[speaker]).flatMap { Gender(name: $0) }
        (utterance.speaker, utterance.emotion, utterance.gender) = (speaker, row.label, gender ?? utterance.gender)
        (utterance.start, utterance.end, utterance.split) = (row.key.start, row.key.end, row.part)
        return utterance
    }

    private func warnings(_ omissions: Omissions) -> [CorpusWarning] {
        let unsure = CorpusWarning(.lowConfidence, omissions.unsure) {
            "\(counted(omissions.unsure.count, "row")) of \(header.path) with a lower confidence than \(reading.leastConfidence ?? 0), or none, "
                + "\(omissions.unsure.count == 1 ? "was" : "were") left out: \($0)."
        }
        return CorpusWarning.unlabelled(omissions.unlabelled, of: header.path) + (omissions.unsure.isEmpty ? [] : [unsure])
    }
}
