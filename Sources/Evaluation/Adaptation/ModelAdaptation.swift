import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTraining
import Synchronization

/// Adapts a trained model to a few labelled recordings of one's own, and measures what that brings.
///
///     let adaptation = ModelAdaptation(of: try Model(contentsOf: "emodb.safetensors"), to: try Corpus.open(path: "mine.csv"))
///     let adapted = try adaptation.run()
///     print(adapted.figures.report)
///     try adapted.model.write(path: "mine.safetensors")
///
/// Only the last layer of each network is trained, from its old weights and with a prior that keeps it near them. The mean of the normaliser moves
/// towards that of the recordings. The classes of the model stay; labels that it does not know become new classes.
///
/// For the figures, the model is adapted once more without each fold, and recognises the fold. The same seed gives the same model and figures, bit by
/// bit, for any number of threads.
public struct ModelAdaptation: Sendable {
    /// The model to adapt.
    public var model: Model
    /// Labelled recordings.
    public var corpus: Corpus
    /// Labels of the corpus to use; all unless set.
    public var classes: LabelSet?
    /// Whether classes of the model that the corpus lacks are removed. The adapted model then decides among fewer, and is right more often where they do
    /// not occur.
    public var dropsMissingClasses = false
    /// Largest number of folds of the figures, 2 … 100. Each leaves speakers out, or, with one speaker, recordings.
    public var folds = 5
    /// Random seed of the folds of a single speaker.
    public var seed: UInt64 = 0
    /// Threads; results do not depend on their number.
    public var workers = Workers()
    /// Stops the adaptation from another thread; `run` then throws `Cancelled`.
    public var cancellation = Cancellation()
    /// Where features are looked up, and kept from one run to the next.
    public var cache: FeatureCache?
    /// Largest share of the recordings, 0 … 1, that is skipped where they are unusable; above 0 at least one recording may be.
    public var skipShare = SkipLimit.usualShare
    /// Called with each finding about the corpus, before the adaptation begins.
    public var onWarning: @Sendable (CorpusWarning) -> Void = { _ in }
    /// How strongly the old weights are kept: see `HeadFitting`.
    package var strength = HeadFitting.usualStrength

    /// Prepares an adaptation to all labels of `corpus`, with five folds and seed 0.
    public init(of model: Model, to corpus: Corpus) {
        self.model = model
        self.corpus = corpus
    }

    /// Adapts the model.
    ///
    /// - Parameter progress: progress handler; calls do not overlap.
    /// - Throws: `AdaptationError`, `CorpusError`, `UnreadableUtterances`, `FeatureError` for an encoder that is not installed, `Cancelled`, and
    ///   another `StimmungError` where temporary files fail.
    public func run(progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }) throws -> AdaptedModel {
        guard (2...100).contains(folds) else { throw AdaptationError.option(name: "folds", value: "\(folds)", allowed: "2 to 100") }
        guard model.voice == nil, model.source == nil else { throw AdaptationError.isAdapted }
        let whole = try corpus.filtered(classes: classes ?? corpus.labels)
        try check(whole)
        for warning in try whole.checkedFindings(workers: workers) { onWarning(warning) }
        var extraction = CorpusFeatures.Extraction(model.recipe.features, cache: cache, workers: workers, cancellation: cancellation)
        extraction.skipShare = skipShare
        let features = try CorpusFeatures(of: whole, by: extraction, progress: progress)
        for warning in CorpusWarning.unusable(features.unusable, in: whole) { onWarning(warning) }
        // A class may have lost its recordings.
        try check(features.corpus)
        let original = try NetworkAdaptation(model, to: features, workers: workers, cancellation: cancellation)
        let before = decisions(try original.logPosteriors(of: Array(original.labels.indices)))
        var networks = original
        if dropsMissingClasses {
            let kept = model.keepingClasses(in: features.corpus.labels)
            networks = try NetworkAdaptation(kept, to: features, workers: workers, cancellation: cancellation)
        }
        networks.strength = strength
        return try run(networks, before: before, classes: original.classes, progress)
    }

    /// - Parameters:
    ///   - before: what the model decides about each utterance.
    ///   - classes: those of the model, then the new ones.
    private func run(
        _ networks: NetworkAdaptation, before: [Int], classes: [String], _ progress: @escaping @Sendable (WorkProgress) -> Void
    ) throws -> AdaptedModel {
        let speakers = Set(networks.corpus.utterances.map(\.speaker)).count
        let folds = try folds(networks.corpus)
        let all = Array(networks.labels.indices)
        let own = model.ensemble.networks.count
        let total = own * (folds.count + 1) + (model.voiceNetworks?.ensemble.networks.count ?? 0)
        let done = Mutex(0)
        @Sendable func networkDone() {
            done.withLock {
                $0 += 1
                progress(WorkProgress(.adaptation, $0, of: total, detail: "networks"))
            }
        }
        let tested = try workers.map(folds.count) { (number) throws -> [AdaptedConfidence.Judged] in
            var part = networks
            part.workers = Workers(threads: max(1, workers.threads / folds.count))
            return try test(folds[number], part, networkDone)
        }
        let adapted = try networks.adapt(to: all, voices: true, done: networkDone)
        let judged = tested.flatMap { $0 }
        // Without the missing classes, the others have other numbers.
        let places = networks.classes.map { classes.firstIndex(of: $0) ?? 0 }
        let outcomes = zip(folds.flatMap(\.test), judged).map { utterance, judged in
            AdaptationFigures.Outcome(
                truth: places[judged.label], before: before[utterance], after: places[judged.probabilities.indexOfLargest])
        }
        let figures = AdaptationFigures(
            of: outcomes, classes: classes, known: model.labels.count,
            AdaptationFigures.Data(
                corpus: networks.corpus.name, speakers: speakers, folds: folds.count, leavesSpeakersOut: speakers > 1,
                dropsMissingClasses: dropsMissingClasses))
        return AdaptedModel(
            model: adaptedModel(networks, adapted, AdaptedConfidence(of: model, fittedTo: judged), figures), figures: figures)
    }

    /// What networks that were adapted to the other folds say of the utterances of a fold.
    private func test(_ fold: Fold, _ networks: NetworkAdaptation, _ networkDone: () -> Void) throws -> [AdaptedConfidence.Judged] {
        let adapted = try networks.adapt(to: fold.train, voices: false, done: networkDone)
        let groups = networks.groups(of: Array(networks.labels.indices))
        return try zip(fold.test, networks.logPosteriors(of: fold.test, by: adapted)).map { utterance, judged in
            AdaptedConfidence.Judged(
                probabilities: Pooling(model.recipe.decision, of: judged.logs).rawProbabilities, label: networks.labels[utterance],
                distance: Familiarity.distance(of: try judged.frames.frames()),
                hasClass: groups[networks.part(of: utterance)]?.hasClass ?? [])
        }
    }

    /// The model must know a class, and two classes need two recordings each: one to adapt to, and one to test.
    private func check(_ corpus: Corpus) throws(AdaptationError) {
        guard model.labels.contains(where: corpus.labels.contains) else {
            throw .noSharedClass(corpus: corpus.name, labels: corpus.labels.labels, model: model.labels)
        }
        let counts = Dictionary(corpus.utterances.map { ($0.emotion, 1) }, uniquingKeysWith: +)
        guard counts.values.count(where: { $0 > 1 }) > 1 else { throw .tooFewRecordings(corpus: corpus.name, counts: counts) }
    }

    private func folds(_ corpus: Corpus) throws(CorpusError) -> [Fold] {
        let speakers = Set(corpus.utterances.map(\.speaker)).count
        guard speakers > 1 else { return try corpus.randomFolds(min(folds, corpus.utterances.count), seed: seed) }
        return try corpus.speakerFolds(min(folds, speakers))
    }

    private func decisions(_ posteriors: [(logs: Matrix, frames: any FrameSource)]) -> [Int] {
        posteriors.map { Pooling(model.recipe.decision, of: $0.logs).rawProbabilities.indexOfLargest }
    }

    private func adaptedModel(
        _ networks: NetworkAdaptation, _ adapted: NetworkAdaptation.Adapted, _ confidence: AdaptedConfidence, _ figures: AdaptationFigures
    ) -> Model {
        var result = networks.model
        result.labels = networks.classes
        result.ensemble = adapted.ensemble
        result.normaliser = adapted.normaliser
        result.temperature = confidence.temperature
        result.familiarity = confidence.familiarity
        if let voices = adapted.voices {
            result.voiceNetworks = VoiceNetworks(
                ensemble: voices, spread: model.voiceNetworks?.spread, temperature: confidence.voiceTemperature ?? confidence.temperature)
        }
        result.card.utterancesPerClass += figures.newClasses.map { _ in 0 }
        result.card.adaptations.append(
            ModelCard.Adaptation(
                version: stimmungVersion, corpus: figures.corpus, speakers: figures.speakers,
                utterancesPerClass: Dictionary(networks.corpus.utterances.map { ($0.emotion, 1) }, uniquingKeysWith: +), seed: seed,
                folds: figures.folds, leavesSpeakersOut: figures.leavesSpeakersOut, before: ModelCard.Adaptation.Figures(figures.before),
                after: ModelCard.Adaptation.Figures(figures.after)))
        return result
    }
}

/// A model that has been adapted, and what that brings.
public struct AdaptedModel: Sendable {
    /// Adapted to all recordings.
    public let model: Model
    /// Of recordings that the judged networks were not adapted to.
    public let figures: AdaptationFigures
}

extension WorkProgress.Stage {
    /// Fitting of heads, counted in networks.
    package static let adaptation = Self("adaptation")
}

extension ModelCard.Adaptation.Figures {
    fileprivate init(_ result: AdaptationFigures.Result) { self.init(wa: result.wa ?? 0, uar: result.uar ?? 0) }
}

extension [Double] {
    /// The place of the largest number, the first in a tie.
    fileprivate var indexOfLargest: Int { indices.reduce(0) { self[$1] > self[$0] ? $1 : $0 } }
}
