import StimmungAudio
import StimmungSupport

/// How the lists of a corpus are read.
package struct CorpusReading: Sendable {
    /// Folder in which recordings are searched that do not exist under their listed paths; nil for none.
    package var audio: String?
    /// Least confidence of a label; nil for any.
    package var leastConfidence: Double?
    /// Columns of a manifest that have another name than the usual one, by the usual one.
    var columns: [String: String] = [:]

    package init(audio: String? = nil, leastConfidence: Double? = nil) {
        self.audio = audio
        self.leastConfidence = leastConfidence
    }

    /// The recordings in `audio` and below it; nil without that folder.
    ///
    /// - Throws: `unreadable`
    func recordings() throws(CorpusError) -> PathEndings? {
        guard let audio else { return nil }
        guard isFolder(audio) else {
            let reason = Files.exists(audio) ? "it is not a folder" : "there is no such folder"
            throw .unreadable(path: audio, reason: reason + ". Give the folder that contains the recordings of the list")
        }
        return PathEndings(try Corpus.audioFiles(below: audio).files.map(\.path))
    }

    /// Refuses a least confidence for a corpus without confidences.
    ///
    /// - Throws: `invalidOption`
    func requireNoConfidence(_ path: String) throws(CorpusError) {
        guard let leastConfidence else { return }
        throw .invalidOption(option: "the least confidence", value: "\(leastConfidence)", reason: "\"\(path)\" has no confidences")
    }
}
