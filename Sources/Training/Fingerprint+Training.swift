import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungNetworks
import StimmungSupport

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

    /// A corpus: of every utterance the content of its recording, times, speaker, gender and label.
    ///
    /// Names of files, folders and the corpus do not count: the same data elsewhere are the same data.
    package mutating func add(_ corpus: Corpus, workers: Workers) {
        let contents = FileHashes.shared.hashes(of: corpus.utterances.map(\.file), workers: workers)
        let utterances = zip(corpus.utterances, contents).map { utterance, content in
            let times = [utterance.start, utterance.end].map { $0.map { "\($0)" } ?? "" }
            let person = [utterance.speaker, utterance.gender?.rawValue ?? ""]
            return ([content?.text ?? "unreadable"] + times + person + [utterance.emotion]).joined(separator: "\t")
        }
        add("corpus", ContentHash(utterances.joined(separator: "\n")).text)
    }

    /// Utterances that were skipped, by their places in the corpus.
    package mutating func add(skipped: [UnusableUtterance]) {
        if !skipped.isEmpty { add("skipped", skipped.map { "\($0.utterance)" }.joined(separator: ",")) }
    }

    /// Machines that have been trained before, or none.
    package mutating func add(_ machines: PretrainedMachines?) {
        add("machines", machines?.hash.text ?? "none")
    }
}
