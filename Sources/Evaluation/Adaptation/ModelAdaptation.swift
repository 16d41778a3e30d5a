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
    /// not occur. `AdaptationFigures.beforeWithoutMissing` tells how much of the gain comes from this.
    public var dropsMissingClasses = false
    /// Largest number of folds, 2 … 100, which give the figures, and choose the strength unless it is given.
    public var folds = 5
    /// Unit of a fold. With one speaker it is always recordings.
    public var foldsBy = FoldUnit.speakers
    /// s, how strongly the old weights are kept, 0.001 … 1000: before any recording is heard, each output may move by 0 ± 1/√s. The more recordings, the
    /// less it counts. nil: chosen among 30, 3 and 0.3 by held-out recordings; with two folds, 30. The strength for a fold is chosen without the fold.
    public var strength: Double?
    /// Random seed of folds of recordings; folds of speakers are not random.
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

    /// Compared where none is given, from strong to weak.
    private static let strengths = [30, 3, 0.3]

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
        if let strength, !(0.001...1000).contains(strength) {
            throw AdaptationError.option(name: "strength", value: "\(strength)", allowed: "0.001 to 1000")
        }
        guard model.voice == nil, model.source == nil else { throw AdaptationError.isAdapted }
        let whole = try corpus.filtered(classes: classes ?? corpus.labels)
        try check(whole)
        for warning in try whole.checkedFindings(workers: workers) + nameWarnings(whole) { onWarning(warning) }
        var extraction = CorpusFeatures.Extraction(model.recipe.features, cache: cache, workers: workers, cancellation: cancellation)
        extraction.skipShare = skipShare
        let features = try CorpusFeatures(of: whole, by: extraction, progress: progress)
        for warning in CorpusWarning.unusable(features.unusable, in: whole) { onWarning(warning) }
        // A class may have lost its recordings.
        try check(features.corpus)
        let original = try NetworkAdaptation(model, to: features, workers: workers, cancellation: cancellation)
        let all = Array(original.labels.indices)
        var old = Unadapted(classes: original.classes, decisions: try original.judge(all).map(\.probabilities.indexOfLargest))
        var networks = original
        if dropsMissingClasses, case let kept = model.keepingClasses(in: features.corpus.labels), kept.labels.count < model.labels.count {
            networks = try NetworkAdaptation(kept, of: model, to: features, workers: workers, cancellation: cancellation)
            // Without the missing classes, the others have other numbers.
            let places = networks.places(in: original.classes)
            old.decisionsWithoutMissing = try networks.judge(all).map { places[$0.probabilities.indexOfLargest] }
        }
        return try run(networks, old, progress)
    }

    /// The model before it is adapted.
    private struct Unadapted {
        /// Those of the model, then the new ones.
        let classes: [String]
        /// The number of the class that it decides on, for each utterance.
        let decisions: [Int]
        /// The same without the classes that are removed; nil if none are.
        var decisionsWithoutMissing: [Int]?
    }

    private func run(
        _ networks: NetworkAdaptation, _ old: Unadapted, _ progress: @escaping @Sendable (WorkProgress) -> Void
    ) throws -> AdaptedModel {
        let speakers = Set(networks.corpus.utterances.map(\.speaker)).count
        let leavesSpeakersOut = foldsBy == .speakers && speakers > 1
        let folds = try folds(networks.corpus, ofSpeakers: leavesSpeakersOut ? speakers : nil)
        let contents = workers.map(networks.corpus.utterances.count) { networks.corpus.utterances[$0].contentDigits }.compactMap(\.self)
        let heard = contents.count(where: Set(model.card.adaptations.flatMap { $0.contents ?? [] }).contains)
        for warning in heardWarnings(heard, of: networks.corpus) + unlearntWarnings(folds, networks) { onWarning(warning) }
        let all = Array(networks.labels.indices)
        let own = model.ensemble.networks.count
        let trials = AdaptationTrials(
            networks: networks, folds: folds, strengths: strength.map { [$0] } ?? Self.strengths, workers: workers)
        let total = own * (trials.count + 1) + (model.voiceNetworks?.ensemble.networks.count ?? 0)
        let done = Mutex(0)
        @Sendable func networkDone() {
            done.withLock {
                $0 += 1
                progress(WorkProgress(.adaptation, $0, of: total, detail: "networks"))
            }
        }
        let tested = try trials.run(networkDone)
        var networks = networks
        networks.strength = tested.strengths.ofAll
        let adapted = try networks.adapt(to: all, voices: true, done: networkDone)
        let judged = tested.judged.flatMap { $0 }
        let places = networks.places(in: old.classes)
        let outcomes = zip(folds.flatMap(\.test), judged).map { utterance, judged in
            AdaptationFigures.Outcome(
                truth: places[judged.label], before: old.decisions[utterance],
                beforeWithoutMissing: old.decisionsWithoutMissing?[utterance], after: places[judged.probabilities.indexOfLargest])
        }
        let figures = AdaptationFigures(
            of: outcomes, classes: old.classes, known: model.labels.count,
            AdaptationFigures.Data(
                corpus: networks.corpus.name, speakers: speakers, folds: folds.count, leavesSpeakersOut: leavesSpeakersOut,
                strengths: AdaptationFigures.Strengths(ofFolds: tested.strengths.ofFolds, ofAll: tested.strengths.ofAll),
                heardBefore: heard))
        let confidence = AdaptedConfidence(of: model, fittedTo: leavesSpeakersOut ? tested.judgedAlike : [])
        var result = adaptedModel(networks, adapted, confidence, figures)
        result.card.adaptations.append(card(of: networks.corpus, figures, contents: contents.sorted()))
        return AdaptedModel(model: result, figures: figures)
    }

    /// The model must know a class, and two classes need two recordings each: one to adapt to, and one to test.
    private func check(_ corpus: Corpus) throws(AdaptationError) {
        guard model.labels.contains(where: corpus.labels.contains) else {
            throw .noSharedClass(corpus: corpus.name, labels: corpus.labels.labels, model: model.labels)
        }
        let counts = Dictionary(corpus.utterances.map { ($0.emotion, 1) }, uniquingKeysWith: +)
        guard counts.values.count(where: { $0 > 1 }) > 1, Set(corpus.recordingNumbers(workers: workers)).count > 1 else {
            throw .tooFewRecordings(corpus: corpus.name, counts: counts)
        }
    }

    /// - Parameter speakers: their number; nil for folds of recordings.
    private func folds(_ corpus: Corpus, ofSpeakers speakers: Int?) throws(CorpusError) -> [Fold] {
        if let speakers { return try corpus.speakerFolds(min(folds, speakers)) }
        // Otherwise a copy of a recording would be recognised by networks that have heard the recording.
        let recordings = corpus.recordingNumbers(workers: workers)
        return try corpus.randomFolds(min(folds, Set(recordings).count), seed: seed, recordings: recordings)
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
        result.voiceNetworks = adapted.voices
        result.voiceNetworks?.temperature = confidence.voiceTemperature ?? confidence.temperature
        result.card.utterancesPerClass += figures.newClasses.map { _ in 0 }
        return result
    }

    private func card(of corpus: Corpus, _ figures: AdaptationFigures, contents: [String]) -> ModelCard.Adaptation {
        ModelCard.Adaptation(
            version: stimmungVersion, corpus: figures.corpus, speakers: figures.speakers,
            utterancesPerClass: Dictionary(corpus.utterances.map { ($0.emotion, 1) }, uniquingKeysWith: +), seed: seed,
            folds: figures.folds, leavesSpeakersOut: figures.leavesSpeakersOut, strength: figures.strengths.ofAll,
            before: ModelCard.Adaptation.Figures(figures.before),
            after: ModelCard.Adaptation.Figures(figures.after), contents: contents)
    }
}

extension ModelAdaptation {
    /// The card of a model does not tell its training recordings, but the name of their corpus.
    private func nameWarnings(_ corpus: Corpus) -> [CorpusWarning] {
        let trained = model.card.corpus.components(separatedBy: " + ")
        let same = corpus.parts.filter(trained.contains)
        guard !same.isEmpty else { return [] }
        return [
            CorpusWarning(.heardRecordings, same) {
                "The model was trained on a corpus of the same name (\($0)). If it is the same corpus, both held-out figures are too high."
            }
        ]
    }

    private func heardWarnings(_ count: Int, of corpus: Corpus) -> [CorpusWarning] {
        guard count > 0 else { return [] }
        let names = model.card.adaptations.map(\.corpus)
        return [
            CorpusWarning(.heardRecordings, names) {
                "\(count) of \(corpus.utterances.count) recordings have been heard by an earlier adaptation of the model (\($0)), so both "
                    + "held-out figures are too high. Adapt the original model to all recordings instead."
            }
        ]
    }

    /// Folds that have all recordings of a new class.
    private func unlearntWarnings(_ folds: [Fold], _ networks: NetworkAdaptation) -> [CorpusWarning] {
        let known = networks.model.labels.count
        let names = folds.flatMap { fold in
            (known..<networks.classes.count).compactMap { label -> String? in
                let count = fold.test.count { networks.labels[$0] == label }
                guard count > 0, !fold.train.contains(where: { networks.labels[$0] == label }) else { return nil }
                return "\(networks.classes[label]) (\(count))"
            }
        }
        guard !names.isEmpty else { return [] }
        return [
            CorpusWarning(.untrainedClasses, names) {
                "All recordings of a new class lie in one fold, which therefore cannot recognise them (recordings): \($0). The held-out figures are "
                    + "too low. Record these classes with more speakers, or use more folds."
            }
        ]
    }
}

/// What a fold of the figures of an adaptation leaves out.
public enum FoldUnit: String, Sendable, CaseIterable {
    /// All recordings of some speakers: the figures are of speakers whom the model has not heard.
    case speakers
    /// Some recordings, and their copies: the figures are of the speakers whom the model has heard.
    case recordings
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

extension NetworkAdaptation {
    /// The place of each class in a list of all classes.
    fileprivate func places(in all: [String]) -> [Int] { classes.map { all.firstIndex(of: $0) ?? 0 } }
}
