import Stimmung
import StimmungCorpora
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// What training a recipe on utterances of a corpus gives.
package struct TrainedSystem: Sendable {
    package let recipe: Recipe
    package let classes: LabelSet
    package let ensemble: Ensemble
    package let voiceNetworks: VoiceNetworks?
    package let confidence: FittedConfidence
    /// Features of all utterances of the corpus, normalised as the recipe says, with the normaliser.
    package let features: CorpusFeatures.Normalised
    package let division: SystemTraining.Division
    /// The last state of each network.
    package let networks: [TrainingState]

    /// Gathers an utterance's log posteriors for one decision.
    ///
    /// - Parameters:
    ///   - frames: that the posteriors are of; without them, the speech is taken as familiar.
    ///   - temperature: nil for that of any voice.
    package func pooling(
        of logPosteriors: Matrix, _ frames: (any FrameSource)? = nil, temperature: Double? = nil
    ) throws(FrameError) -> Pooling {
        var pooling = Pooling(recipe.decision, temperature: temperature ?? confidence.temperature, of: logPosteriors)
        if let frames, let familiarity = confidence.familiarity {
            pooling.familiarity = familiarity
            pooling.add(distance: Familiarity.distance(of: try frames.frames()), frames: logPosteriors.rows)
        }
        return pooling
    }

    /// The model, with a card about its training.
    ///
    /// - Parameters:
    ///   - corpus: what was trained on.
    ///   - seed: the one that the user chose, for the card.
    package func model(trainedOn corpus: Corpus, seed: UInt64) -> Model {
        var model = Model(
            recipe: recipe, labels: classes.labels, ensemble: ensemble, normaliser: features.normaliser,
            temperature: confidence.temperature,
            card: card(corpus, seed))
        model.familiarity = confidence.familiarity
        model.voiceNetworks = voiceNetworks
        return model
    }

    /// How many utterances of whom were trained on, and how the epochs went whose parameters the networks have.
    private func card(_ corpus: Corpus, _ seed: UInt64) -> ModelCard {
        func speakers(_ indices: [Int]) -> [String] { Set(indices.map { corpus.utterances[$0].speaker }).sorted() }
        let networks = networks.prefix(recipe.ensemble)
        let taken = networks.map { $0.best?.epoch ?? $0.epoch }
        let reports = zip(networks, taken).compactMap { state, epoch in state.history.first { $0.epoch == epoch } }
        func mean(_ value: (EpochReport) -> Double) -> Double {
            reports.isEmpty ? 0 : reports.map(value).reduce(0, +) / Double(reports.count)
        }
        return ModelCard(
            version: stimmungVersion, corpus: corpus.name, utterances: division.training.count, speakers: speakers(division.training).count,
            utterancesPerClass: classes.labels.map { label in division.training.count { corpus.utterances[$0].emotion == label } },
            heldOutSpeakers: speakers(division.heldOut), seed: seed, epoch: taken.max() ?? 0, trainingLoss: mean(\.loss),
            trainingFrameAccuracy: mean(\.frameAccuracy),
            validationLoss: reports.contains { $0.validationLoss != nil } ? mean { $0.validationLoss ?? 0 } : nil)
    }
}
