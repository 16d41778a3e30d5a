import Foundation
import StimmungSupport

/// Data folders of Kaldi and ESPnet: `wav.scp`, `utt2spk`, `utt2emo`, and optionally `spk2gender`, `segments` and `text`.
///
/// Each line is a key, white space and a value. An entry of `wav.scp` may be a command that ends in a vertical bar; it is refused, since opening a
/// corpus must not run programs. Source: https://kaldi-asr.org/doc/data_prep.html
enum Kaldi {
    /// Name by which a data folder is found.
    static let standardName = "wav.scp"

    /// A table of one folder.
    private struct Table {
        let path: String
        /// In the order of the lines.
        let rows: [(key: String, value: String, line: Int)]
        let values: [String: String]

        /// - Throws: `unreadable`, `malformedRow`
        init(_ path: String) throws(CorpusError) {
            self.path = path
            var rows: [(key: String, value: String, line: Int)] = []
            var values: [String: String] = [:]
            for (number, text) in try LimitedFile.lines(path) {
                let line = text.drop(while: \.isWhitespace)
                let key = String(line.prefix { !$0.isWhitespace })
                let value = line.dropFirst(key.count).trimmingCharacters(in: .whitespaces)
                if values.updateValue(value, forKey: key) != nil {
                    throw .malformedRow(manifest: path, line: number, reason: "has the key \(key) of an earlier line")
                }
                rows.append((key, value, number))
            }
            self.rows = rows
            self.values = values
        }

        /// A table that may be missing.
        init?(optional path: String) throws(CorpusError) {
            guard Files.exists(path) else { return nil }
            try self.init(path)
        }
    }

    /// - Parameter path: `wav.scp`.
    /// - Throws: `unreadable`, `malformedRow`, `invalidFormat`, `missingFile`, `ambiguousFile`
    static func read(path: String, _ reading: CorpusReading) throws(CorpusError) -> Corpus {
        try reading.requireNoConfidence(path)
        let folder = StimmungSupport.folder(of: path)
        func file(_ name: String) -> String { joined(folder, name) }
        let files = try Table(path)
        for name in ["utt2spk", "utt2emo"] where !Files.exists(file(name)) {
            throw .invalidFormat(file: path, format: "data folder of Kaldi", reason: "there is no file \(name) beside it")
        }
        let (speakers, emotions) = (try Table(file("utt2spk")), try Table(file("utt2emo")))
        let (genders, words) = (try Table(optional: file("spk2gender")), try Table(optional: file("text")))
        let segments = try Table(optional: file("segments"))
        var list = try UtteranceList(path: path, reading)
        var unlabelled: [String] = []
        let lines = Dictionary(files.rows.map { ($0.key, $0.line) }, uniquingKeysWith: { first, _ in first })
        for row in (segments ?? files).rows {
            let table = segments ?? files
            func malformed(_ reason: String) -> CorpusError { .malformedRow(manifest: table.path, line: row.line, reason: reason) }
            guard let emotion = emotions.values[row.key], !MissingValue.isMissing(emotion) else {
                unlabelled.append("line \(row.line) of \(fileName(of: table.path)) (\(row.key))")
                continue
            }
            guard let speaker = speakers.values[row.key], !speaker.isEmpty else {
                throw malformed("has the key \(row.key), which utt2spk lacks")
            }
            let segment = segments == nil ? nil : try Segment(row.value, malformed)
            guard let recording = files.values[segment?.recording ?? row.key], !recording.isEmpty else {
                throw malformed("has no recording")
            }
            let line = lines[segment?.recording ?? row.key] ?? row.line
            if recording.hasSuffix("|") || recording.hasPrefix("|") {
                throw .malformedRow(
                    manifest: path, line: line,
                    reason: "is a command (\"\(recording)\"), which is not run. Write the recording to a file, and name it instead")
            }
            var utterance = Utterance(
                file: recording, speaker: speaker, gender: genders?.values[speaker].flatMap { Gender(name: $0) }, emotion: emotion,
                text: words?.values[row.key])
            (utterance.start, utterance.end) = (segment?.start, segment?.end)
            try list.add(utterance, line: line)
        }
        let utterances = try list.found()
        if utterances.isEmpty {
            throw .invalidFormat(file: path, format: "data folder of Kaldi", reason: "none of its keys has an emotion in utt2emo")
        }
        return Corpus(
            name: fileName(of: absolutePath(folder)), root: path, utterances: utterances, skipped: [],
            warnings: CorpusWarning.unlabelled(unlabelled, of: path))
    }

    /// A line of `segments`: recording, start and end in seconds. An end of −1 is that of the recording.
    private struct Segment {
        let recording: String
        let start: Double
        let end: Double?

        init(_ value: String, _ malformed: (String) -> CorpusError) throws(CorpusError) {
            let fields = value.split(whereSeparator: \.isWhitespace)
            guard fields.count == 3, let start = Double(fields[1]), let end = Double(fields[2]), start.isFinite, start >= 0,
                end == -1 || end > start && end.isFinite
            else { throw malformed("is not a key, a recording, a start and an end in seconds") }
            self.recording = String(fields[0])
            self.start = start
            self.end = end == -1 ? nil : end
        }
    }
}
