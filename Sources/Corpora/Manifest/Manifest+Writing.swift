import Foundation
import StimmungSupport

extension Manifest {
    /// Writes `corpus` as a manifest at `path`, in the order of its utterances.
    ///
    /// Files below the manifest's folder are named relative to it, others by their absolute path. The columns `start` and `end`
    /// are written where an utterance has one, `text` likewise, and `corpus` for a known corpus, which keeps its official split. The file is
    /// written beside and renamed.
    ///
    /// - Throws: `cannotWrite`.
    public static func write(_ corpus: Corpus, to path: String) throws(CorpusError) {
        let folder = absolute(StimmungSupport.folder(of: path))
        try writeAtomically(csv(of: corpus.utterances, below: folder, kind: corpus.kind), to: path)
    }

    private static func csv(of utterances: [Utterance], below folder: String, kind: KnownCorpus?) -> String {
        let hasTimes = utterances.contains { $0.start != nil || $0.end != nil }
        let hasText = utterances.contains { $0.text != nil }
        let header =
            ["file", "speaker", "gender", "emotion"] + (hasTimes ? ["start", "end"] : []) + (hasText ? ["text"] : [])
            + (kind == nil ? [] : ["corpus"])
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        let rows = utterances.map { utterance in
            let path = absolute(utterance.file)
            let file = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
            let times = hasTimes ? [TimeField.text(utterance.start), TimeField.text(utterance.end)] : []
            return [file, utterance.speaker, utterance.gender?.rawValue ?? "", utterance.emotion] + times
                + (hasText ? [utterance.text ?? ""] : []) + (kind.map { [$0.title] } ?? [])
        }
        return ([header] + rows).map { CSVLine.text($0) }.joined()
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path.isEmpty ? "." : path).standardizedFileURL.path
    }
}

/// Writes a text so that `path` never holds half of it.
func writeAtomically(_ text: String, to path: String) throws(CorpusError) {
    do { try AtomicFile.write(Data(text.utf8), to: path) } catch { throw .cannotWrite(path: path, reason: error.reason) }
}
