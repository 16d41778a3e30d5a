import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungNetworks
import StimmungSupport

/// Trains a model from a recipe and a corpus, with optional checkpoints.
///
///     let training = ModelTraining(recipe: try Recipe(named: "lstm"), corpus: try Corpus.open(path: "data/emodb"))
///     let model = try training.run()
///     try model.write(path: "emodb.safetensors")
///
/// The same seed gives the same model, bit by bit, for any number of threads.
public struct ModelTraining: Sendable {
    /// Recipe to train.
    public var recipe: Recipe
    /// Training corpus.
    public var corpus: Corpus
    /// All labels of the corpus unless set.
    public var classes: LabelSet
    /// Random seed.
    public var seed: UInt64 = 0
    /// Threads; the model does not depend on their number.
    public var workers = Workers()
    /// Where the state after each epoch is kept, of further networks of an ensemble in files beside it; nil keeps none.
    public var checkpoint: String?
    /// Stops the training from another thread; `run` then throws `Cancelled`.
    public var cancellation = Cancellation()
    /// Where features are looked up, and kept from one run to the next.
    public var cache: FeatureCache?
    /// Largest share of the utterances, 0 … 1, that is skipped where their recordings are unusable; above 0 at least one utterance may be.
    public var skipShare = SkipLimit.usualShare
    /// Called with each finding about the corpus, before the training begins.
    public var onWarning: @Sendable (CorpusWarning) -> Void = { _ in }
    /// Machines for a recipe with pre-training; nil trains them here.
    package var machines: PretrainedMachines?

    /// Prepares training on all labels of `corpus`, with seed 0 and no checkpoint.
    public init(recipe: Recipe, corpus: Corpus) {
        self.recipe = recipe
        self.corpus = corpus
        classes = corpus.labels
    }

    /// Trains the model.
    ///
    /// - Parameters:
    ///   - resume: whether to resume from the checkpoint, if there is one.
    ///   - progress: progress handler; calls do not overlap.
    /// - Throws: `RecipeError`, `CorpusError`, `UnreadableUtterances`, `Cancelled`, `SafetensorsError` where a checkpoint cannot be read or
    ///   written, and another `StimmungError` where training diverges or temporary files fail.
    public func run(resume: Bool = false, progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }) throws -> Model {
        try recipe.validate()
        try recipe.requireModel()
        try machines?.check(recipe)
        // From here on, all features are of one encoder's weights, which the model names.
        var own = self
        if recipe.features.encoder != nil { own.recipe.features = try FrontEnd(recipe.features).options }
        return try own.runChecked(resume: resume, progress)
    }

    private func runChecked(resume: Bool, _ progress: @escaping @Sendable (WorkProgress) -> Void) throws -> Model {
        let whole = try corpus.filtered(classes: classes)
        for warning in try whole.checkedFindings(workers: workers) { onWarning(warning) }
        let training = training
        _ = try training.division(of: Array(whole.utterances.indices), in: whole)
        var extraction = CorpusFeatures.Extraction(recipe.features, cache: cache, workers: workers, cancellation: cancellation)
        extraction.skipShare = skipShare
        let features = try CorpusFeatures(of: whole, copies: recipe.augmentation, by: extraction, progress: progress)
        for warning in CorpusWarning.unusable(features.unusable, in: whole) { onWarning(warning) }
        // A class may have lost all its utterances, and a speaker all of his.
        let corpus = try features.corpus.filtered(classes: classes)
        let division = try training.division(of: Array(corpus.utterances.indices), in: corpus)
        let fingerprint = checkpoint == nil ? "" : try fingerprint(whole, skipped: features.unusable)
        let start = resume ? try storedStates(fingerprint) : []
        if !resume, workers.processes.leads {
            // Of an earlier training: they would not fit, should this one be resumed.
            for path in checkpoints.dropFirst() { Files.remove(path) }
        }
        // So that all processes train the same data from the same state.
        try workers.processes.agree(on: "the training data or its checkpoint", "\(fingerprint) \(start.map { $0?.epoch ?? 0 })")
        let data = try TrainingData(corpus, classes: classes, features: features, normalisation: recipe.normalisation)
        let system = try training.train(
            on: division, of: data, from: start,
            epochDone: { state, network in
                if checkpoint != nil, workers.processes.leads { try state.write(path: checkpoints[network], fingerprint: fingerprint) }
            }, progress: progress)
        return system.model(trainedOn: corpus, seed: seed)
    }

    /// The files of the states of the networks, which a finished training leaves behind until they are removed.
    private var checkpoints: [String] {
        checkpoint.map { path in (1...recipe.networkCount).map { $0 == 1 ? path : "\(path)-\($0)" } } ?? []
    }

    /// Removes the checkpoints, when the model is safe.
    public func removeCheckpoints() {
        for path in checkpoints { Files.remove(path) }
    }

    private func storedStates(_ fingerprint: String) throws -> [TrainingState?] {
        try checkpoints.enumerated().map { number, path in
            guard Files.exists(path) else { return nil }
            return try TrainingState(path: path, fingerprint: fingerprint, start: training.start(number))
        }
    }

    private var training: SystemTraining {
        var training = SystemTraining(recipe: recipe, classes: classes, seed: seed, workers: workers, cancellation: cancellation)
        training.machines = machines?.stack
        return training
    }

    /// What a checkpoint must agree with to be resumed from: version, recipe, classes, seed and data.
    private func fingerprint(_ corpus: Corpus, skipped: [UnusableUtterance]) throws -> String {
        var fingerprint = Fingerprint()
        try fingerprint.add(recipe)
        fingerprint.add("classes", classes)
        fingerprint.add("seed", seed)
        fingerprint.add(corpus, workers: workers)
        fingerprint.add(skipped: skipped)
        fingerprint.add(machines)
        return fingerprint.text
    }
}

extension Recipe {
    /// Refuses what can be evaluated but makes no model.
    ///
    /// - Throws: `RecipeError.value`
    package func requireModel() throws(RecipeError) {
        if features.isPooled, normalisation == .speaker {
            // One recording has one row, which says nothing of how its speaker's other rows are spread.
            throw .value(key: "normalisation", value: "speaker", allowed: "none or train for a model of functionals")
        }
    }
}
