import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors

/// The features that a recipe needs of a corpus, before normalisation: of the recordings and of their altered copies.
package struct SystemFeatures: Sendable {
    package let recordings: CorpusFeatures
    package let copies: [CorpusFeatures]

    /// - Parameter progress: called with the number of recordings done, of how many with the copies; one call at a time.
    package init(
        of corpus: Corpus, recipe: Recipe, store: FrameStore = FrameStore(), cache: FeatureCache?, workers: Workers,
        cancellation: Cancellation,
        progress: @escaping @Sendable (Int, Int) -> Void
    ) throws {
        let total = corpus.utterances.count * (1 + recipe.augmentation.count)
        func features(_ copy: RecordingCopy, after done: Int) throws -> CorpusFeatures {
            try CorpusFeatures(
                of: corpus, options: recipe.features, copy: copy, store: store, cache: cache, workers: workers, cancellation: cancellation
            ) {
                progress(done + $0, total)
            }
        }
        recordings = try features(RecordingCopy(), after: 0)
        copies = try recipe.augmentation.enumerated().map { try features($1, after: corpus.utterances.count * ($0 + 1)) }
    }

    /// All of it, normalised: for `train` by the mean and deviation of the training utterances as they were recorded.
    package func material(
        _ normalisation: Normalisation, training: [Int], labels: [Int], names: [String]
    ) throws(FrameError) -> (material: TrainingMaterial, normaliser: Normaliser?) {
        let (frames, normaliser) = try recordings.normalised(normalisation, training: training)
        let copies = try copies.map { (copy) throws(FrameError) in try copy.normalised(normalisation, by: normaliser) }
        let material = TrainingMaterial(
            recordings: frames, copies: copies, labels: labels,
            speakers: recordings.speakers, names: names)
        return (material, normaliser)
    }
}
