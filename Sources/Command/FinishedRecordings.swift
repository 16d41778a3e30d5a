import Foundation
import Stimmung
import StimmungAudio
import StimmungSupport

/// The recordings whose results are in a folder, so that a later run can skip them.
///
/// A recording is finished if three things are unchanged: its content, what its result depends on (program version, model, options, its name in
/// the result), and the content of its result files. The file `.stimmung-finished` in the folder holds hashes of all three.
struct FinishedRecordings: Sendable {
    /// The file of hash pairs: of the result's name, and of everything else.
    static let name = ".stimmung-finished"
    /// The folder in which results are written before they are renamed.
    static let drafts = ".stimmung-partial"

    private let pairs: HashPairs
    private let results: PredictionFolder
    private let settings: String

    /// - Parameters:
    ///   - results: the folder, used by this run alone.
    ///   - settings: what results depend on apart from the recording.
    init(_ pairs: HashPairs, in results: PredictionFolder, settings: Fingerprint) {
        self.pairs = pairs
        self.results = results
        self.settings = settings.text
    }

    /// The hash of a recording's content; nil if it cannot be read; recognition then reports the error.
    ///
    /// Not cached as in `FileHashes`, since each of perhaps a million recordings is read once.
    func content(of recording: BatchInput.Recording) -> ContentHash? { ContentHash(ofFile: recording.path) }

    /// Whether the results of a recording with this content exist and nothing has changed.
    func contains(_ recording: BatchInput.Recording, _ content: ContentHash, name: String) -> Bool {
        guard let known = pairs.value(of: key(name)) else { return false }
        let channels: [Int?]
        switch recording.channels {
        case .one: channels = [nil]
        case .each: channels = (try? AudioFile.channelCount(path: recording.path)).map { Array(1...$0) } ?? []
        }
        return known == value(recording, content, files: channels.map { results.file(name, channel: $0) })
    }

    /// Whether an earlier run finished a recording with this name.
    func knows(_ name: String) -> Bool { pairs.value(of: key(name)) != nil }

    /// Remembers a recording whose results have been written.
    func add(_ recording: BatchInput.Recording, _ content: ContentHash, name: String, files: [String]) throws {
        try pairs.add(key(name), value(recording, content, files: files))
    }

    /// Forgets a failed recording.
    func remove(name: String) throws {
        if pairs.value(of: key(name)) != nil { try pairs.add(key(name), nil) }
    }

    private func key(_ name: String) -> ContentHash {
        let file = results.file(name, channel: nil)
        return ContentHash(relativePath(file, below: results.path) ?? file)
    }

    /// nil if a result file is missing.
    private func value(_ recording: BatchInput.Recording, _ content: ContentHash, files: [String]) -> ContentHash? {
        var text = "\(settings)\n\(recording.name)\n\(recording.channels)\n\(content.text)"
        for file in files {
            guard let hash = ContentHash(ofFile: file) else { return nil }
            text += "\n" + hash.text
        }
        return ContentHash(text)
    }
}
