import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTraining

/// A recording as a recipe's machines see it, and the way back to its features.
package struct RecordedFrames: Sendable {
    package let file: String
    /// Features before normalisation, T × D.
    package let features: Matrix
    /// After it: what machines are shown, T × D.
    package let frames: Matrix
    /// What `frames` were made with; nil for the normalisation `none`.
    package let normaliser: Normaliser?
    /// Whose mean and deviation those are, in words.
    package let statistics: String

    /// Whose mean and deviation a recording is brought to.
    package struct Reference: Sendable {
        /// The normaliser of the model that is looked at, where it has one.
        package var model: Normaliser?
        /// The mean and deviation of all its utterances, or of the utterance's speaker if the recipe says so. Without, the recording's own are
        /// taken.
        package var corpus: Corpus?

        package init(model: Normaliser? = nil, corpus: Corpus? = nil) {
            self.model = model
            self.corpus = corpus
        }
    }

    /// - Parameters:
    ///   - utterance: a recording, or a part of one.
    ///   - recipe: its features and normalisation are taken.
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
        case (.train, .some(let model), _):
            normaliser = model
            statistics = "Mean and deviation are those of the model's training data."
        case (.train, nil, .some(let corpus)):
            normaliser = try fitted(to: corpus.utterances, of: corpus)
            statistics = "Mean and deviation are those of the corpus \(corpus.name), \(corpus.utterances.count) utterances."
        case (.speaker, _, .some(let corpus)) where corpus.utterances.contains(utterance):
            let own = corpus.utterances.filter { $0.speaker == utterance.speaker }
            normaliser = try fitted(to: own, of: corpus)
            statistics = "Mean and deviation are those of speaker \(utterance.speaker) of \(corpus.name), \(own.count) utterances."
        case (.utterance, _, _):
            normaliser = try fitted(to: [features])
            statistics = "Mean and deviation are the recording's own."
        case (.train, _, _), (.speaker, _, _):
            normaliser = try fitted(to: [features])
            statistics =
                "Mean and deviation are the recording's own, for no corpus was given that it is of: the machine was trained on others."
        }
        self.features = features
        var frames = features
        normaliser?.apply(to: &frames)
        self.frames = frames
    }
}
