import Foundation
import StimmungSupport

extension Manifest {
    /// Writes `corpus` as a manifest at `path`, in the order of its utterances.
    ///
    /// Files below the manifest's folder are named relative to it, others by their absolute path. The columns `start` and `end`
    /// are written where an utterance has one, `text` and `split` likewise, and `corpus` for a known corpus, which keeps its official split. The file is
    /// written beside and renamed.
    ///
    /// - Throws: `cannotWrite`.
    public static func write(_ corpus: Corpus, to path: String) throws(CorpusError) {
        let folder = absolutePath(StimmungSupport.folder(of: path))
        let bytes = csv(of: corpus.utterances, below: folder, kind: corpus.kind)
        do { try AtomicFile.write(Data(bytes), to: path) } catch { throw .cannotWrite(path: path, reason: error.reason) }
    }

    private static func csv(of utterances: [Utterance], below folder: String, kind: KnownCorpus?) -> [UInt8] {
        let hasTimes = utterances.contains { $0.start != nil || $0.end != nil }
        let hasText = utterances.contains { $0.text != nil }
        let hasSplit = utterances.contains { $0.split != nil }
        let header =
            ["file", "speaker", "gender", "emotion"] + (hasTimes ? ["start", "end"] : []) + (hasText ? ["text"] : [])
            + (hasSplit ? ["split"] : [])
            + (kind == nil ? [] : ["corpus"])
        let rows = utterances.map { utterance in
            let path = absolutePath(utterance.file)
            let file = relativePath(path, below: folder) ?? path
            let times = hasTimes ? [TimeField.text(utterance.start), TimeField.text(utterance.end)] : []
            return [file, utterance.speaker, utterance.gender?.rawValue ?? "", utterance.emotion] + times
                + (hasText ? [utterance.text ?? ""] : []) + (hasSplit ? [utterance.split?.rawValue ?? ""] : [])
                + (kind.map { [$0.title] } ?? [])
        }
        return ([header] + rows).flatMap { CSVLine.bytes($0) }
    }
}
