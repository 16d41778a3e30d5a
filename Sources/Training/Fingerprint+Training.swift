import Foundation
import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import Synchronization

/// Hashes of the bytes of recordings, each computed once: what tells whether a corpus is still the one that a checkpoint or journal is about.
///
/// Copies of a value that holds them share them.
package final class RecordingHashes: Sendable {
    private let known = Mutex<[PathKey: ContentHash]>([:])

    package init() {}

    /// Hashes every recording of a corpus that has not been hashed, files side by side.
    ///
    /// - Returns: the hashes by the files' paths.
    /// - Throws: `UnreadableUtterances`, which lists all utterances whose recording cannot be read.
    func hashes(of corpus: Corpus, workers: Workers) throws(UnreadableUtterances) -> [PathKey: ContentHash] {
        let before = known.withLock { $0 }
        let files = Array(Set(corpus.utterances.map { PathKey($0.file) }).subtracting(before.keys))
        let results = workers.map(files.count) { index in Result { () throws(AudioError) in try Self.hash(files[index].path) } }
        let new = Dictionary(uniqueKeysWithValues: zip(files, results))
        let errors = corpus.utterances.compactMap { utterance -> FeatureError? in
            if case .failure(let error) = new[PathKey(utterance.file)] { .audio(error) } else { nil }
        }
        guard errors.isEmpty else {
            throw UnreadableUtterances(corpus: corpus.name, of: corpus.utterances.count, errors: errors)
        }
        let found = new.compactMapValues { try? $0.get() }
        return known.withLock {
            $0.merge(found) { first, _ in first }
            return $0
        }
    }

    private static func hash(_ path: String) throws(AudioError) -> ContentHash {
        let file = try InputFile(path: path)
        guard let hash = ContentHash(readingFrom: file.descriptor) else { throw .notReadable(file: path, reason: systemReason(errno)) }
        return hash
    }
}

/// What trained parameters depend on.
extension Fingerprint {
    /// The trainer's arithmetic, the recipe, and the front end that computes its features on this machine.
    ///
    /// - Throws: `FeatureError` for features that cannot be computed.
    package mutating func add(_ recipe: Recipe) throws(FeatureError) {
        let frontEnd = try FeatureCacheKey.fingerprint(of: FrontEnd(recipe.features))
        add("trainer", Trainer.revision)
        add("features", frontEnd.text)
        add("recipe", recipe.yaml)
    }

    /// A corpus: its name, and of every utterance the name and content of its recording, times, speaker and label.
    ///
    /// - Throws: `UnreadableUtterances`
    package mutating func add(_ corpus: Corpus, _ hashes: RecordingHashes, workers: Workers) throws(UnreadableUtterances) {
        let contents = try hashes.hashes(of: corpus, workers: workers)
        let utterances = corpus.utterances.map { utterance in
            let times = [utterance.start, utterance.end].map { $0.map { "\($0)" } ?? "" }
            let file = fileName(of: utterance.file)
            return ([file, contents[PathKey(utterance.file)]?.text ?? ""] + times + [utterance.speaker, utterance.emotion]).joined(
                separator: "\t")
        }
        add("corpus", "\(corpus.name) \(ContentHash(utterances.joined(separator: "\n")).text)")
    }

    /// Machines that have been trained before, or none.
    package mutating func add(_ machines: PretrainedMachines?) {
        add("machines", machines?.hash.text ?? "none")
    }
}
