import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTraining

/// The input of a recipe's machines for a recording, and the way back to its features.
package struct RecordedFrames: Sendable {
    package let file: String
    /// Features before normalisation, T × D.
    package let features: Matrix
    /// Normalised features, the input of the machines, T × D.
    package let frames: Matrix
    /// The normaliser of `frames`; nil for the normalisation `none`.
    package let normaliser: Normaliser?
    /// The origin of its mean and deviation, in words.
    package let statistics: String

    /// The origin of the mean and deviation for normalisation.
    package struct Reference: Sendable {
        /// The normaliser of the model, if it has one.
        package var model: Normaliser?
        /// Statistics of all its utterances, or of the utterance's speaker if the recipe normalises by speaker. Without a corpus, the recording's
        /// own are used.
        package var corpus: Corpus?

        package init(model: Normaliser? = nil, corpus: Corpus? = nil) {
            self.model = model
            self.corpus = corpus
        }
    }

    /// - Parameters:
    ///   - utterance: a recording, or a part of one.
    ///   - recipe: determines features and normalisation.
    /// - Throws: `FeatureError`, `UnreadableUtterances`, `FrameError`, `Cancelled`.
    package init(
        _ utterance: Utterance, recipe: Recipe, reference: Reference = Reference(), workers: Workers = Workers(),
        cancellation: Cancellation = Cancellation()
    ) throws {
        file = utterance.file
        let features = try FrontEnd(recipe.features).features(of: utterance.segment)
        func fitted(to sources: [any FrameSource]) throws -> Normaliser {
            var statistics = FeatureStatistics(width: recipe.features.width)
            for source in sources { statistics.add(try source.frames()) }
            return Normaliser(statistics)
        }
        func fitted(to utterances: [Utterance], of corpus: Corpus) throws -> Normaliser {
            let part = Corpus(name: corpus.name, root: corpus.root, utterances: utterances)
            return try fitted(
                to: CorpusFeatures(
                    of: part, by: CorpusFeatures.Extraction(recipe.features, workers: workers, cancellation: cancellation)
                ).recordings)
        }
        switch (recipe.normalisation, reference.model, reference.corpus) {
        case (.none, _, _):
            normaliser = nil
            statistics = "The features are not normalised."
        case (.train, .some(let model), _), (.corpus, .some(let model), _):
            normaliser = model
            statistics = "Mean and deviation are those of the model's training data."
        case (.train, nil, .some(let corpus)), (.corpus, nil, .some(let corpus)):
            normaliser = try fitted(to: corpus.utterances, of: corpus)
            statistics = "Mean and deviation are those of the corpus \(corpus.name), \(corpus.utterances.count) utterances."
        case (.speaker, _, .some(let corpus)) where corpus.utterances.contains(utterance):
            let own = corpus.utterances.filter { $0.speaker == utterance.speaker }
            normaliser = try fitted(to: own, of: corpus)
            statistics = "Mean and deviation are those of speaker \(utterance.speaker) of \(corpus.name), \(own.count) utterances."
        case (.utterance, _, _):
            normaliser = try fitted(to: [features])
            statistics = "Mean and deviation are the recording's own."
        case (.train, _, _), (.corpus, _, _), (.speaker, _, _):
            normaliser = try fitted(to: [features])
            statistics =
                "Mean and deviation are the recording's own, because its corpus is not known. In training, the machine saw others."
        }
        self.features = features
        var frames = features
        normaliser?.apply(to: &frames)
        self.frames = frames
    }
}
