import Foundation
import StimmungSupport

/// JSON lines as EmoBox writes them: one recording per line, one file for training and one for the test of each fold.
///
///     {"key": "emodb-03a01Fa", "dataset": "emodb", "wav": "downloads/emodb/wav/03a01Fa.wav", "emo": "happy", "length": 1.9, …}
///
/// Source: Z. Ma et al., *EmoBox: Multilingual Multi-corpus Speech Emotion Recognition Toolkit and Benchmark*, Interspeech 2024. Its lists name no
/// speakers, so those of a known corpus are taken from the names of the recordings; other lists need the key `speaker` or `spk`.
enum EmoBox {
    /// A line.
    struct Entry {
        let list: String
        let line: Int
        let file: String
        let emotion: String?
        let speaker: String?
        let gender: Gender?
        /// Number or name of a fold, in lists that hold all folds.
        let fold: String?
        /// `train` or `test`, in such lists.
        let part: String?
    }

    /// Reads a file of JSON lines.
    ///
    /// - Throws: `unreadable`, `malformedRow`, `emptyManifest`
    static func entries(path: String) throws(CorpusError) -> [Entry] {
        let decoder = JSONDecoder()
        var entries: [Entry] = []
        for (number, text) in try LimitedFile.lines(path) {
            let line: Line
            do { line = try decoder.decode(Line.self, from: Data(text.utf8)) } catch {
                throw .malformedRow(manifest: path, line: number, reason: reason(error))
            }
            entries.append(
                Entry(
                    list: path, line: number, file: line.wav, emotion: line.emo?.text, speaker: (line.speaker ?? line.spk)?.text,
                    gender: line.gender.flatMap { Gender(name: $0.text) }, fold: line.fold?.text, part: line.part?.text))
        }
        if entries.isEmpty { throw .emptyManifest(manifest: path) }
        return entries
    }

    private static func reason(_ error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error, let key = context.codingPath.first?.stringValue else {
            return "is not a JSON object with the key \"wav\" of a recording"
        }
        return "has the key \"\(key)\" with a value that is neither text nor a whole number. Write it in quotes"
    }

    /// The recordings of a file of JSON lines, or of all folds in a folder, each once.
    ///
    /// - Throws: what `entries` throws, `missingFile`, `ambiguousFile` and `malformedRow`.
    static func read(path: String, _ reading: CorpusReading) throws(CorpusError) -> Corpus {
        try reading.requireNoConfidence(path)
        let lists = FoldFolder(path)?.lists ?? [path]
        var seen = Set<PathKey>()
        var utterances: [Utterance] = []
        var unlabelled: [String] = []
        var kind: KnownCorpus?
        let recordings = try reading.recordings()
        for list in lists {
            let entries = try entries(path: list).filter { seen.insert(PathKey($0.file)).inserted }
            let names = FileNaming(of: entries.map(\.file))
            kind = names?.kind ?? kind
            var found = UtteranceList(path: list, files: ListedFiles(folder: folder(of: list), recordings: recordings))
            for entry in entries {
                guard let emotion = entry.emotion, !MissingValue.isMissing(emotion) else {
                    unlabelled.append("line \(entry.line) of \(list)")
                    continue
                }
                var utterance = names?.utterance(entry.file) ?? Utterance(file: entry.file, speaker: "", emotion: emotion)
                utterance.emotion = emotion
                utterance.speaker = entry.speaker ?? utterance.speaker
                utterance.gender = entry.gender ?? utterance.gender
                if utterance.speaker.isEmpty {
                    throw .malformedRow(
                        manifest: list, line: entry.line,
                        reason:
                            "names no speaker, nor is \"\(entry.file)\" named as a known corpus names its files. Add the key \"speaker\"")
                }
                try found.add(utterance, line: entry.line)
            }
            utterances += try found.found()
        }
        return Corpus(
            name: kind?.title ?? stem(of: path), root: path, kind: kind, utterances: utterances, skipped: [],
            warnings: CorpusWarning.unlabelled(unlabelled, of: path))
    }

    private struct Line: Decodable {
        let wav: String
        let emo, speaker, spk, gender, fold, part: Word?
    }

    /// A text, or a number as text.
    private struct Word: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                self.text = text
            } else if let number = try? value.decode(Int.self) {
                text = "\(number)"
            } else {
                throw DecodingError.dataCorruptedError(in: value, debugDescription: "neither text nor a whole number")
            }
        }
    }
}
