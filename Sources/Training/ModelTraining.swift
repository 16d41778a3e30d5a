import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungNetworks
import StimmungSupport

/// Trains a recipe on a corpus and makes a model of it.
///
///     let training = ModelTraining(recipe: try Recipe(named: "lstm"), corpus: try Corpus.open(path: "data/emodb"))
///     let model = try training.run()
///     try model.write(path: "emodb.safetensors")
///
/// The same seed gives the same model, bit by bit, for any number of threads.
package struct ModelTraining: Sendable {
    package var recipe: Recipe
    package var corpus: Corpus
    /// All labels of the corpus unless set.
    package var classes: LabelSet
    package var seed: UInt64 = 0
    package var workers = Workers()
    /// Where features are looked up, and kept from one run to the next.
    package var cache: FeatureCache?
    /// Where the state after each epoch is kept, of further networks of an ensemble in files beside it; nil keeps none.
    package var checkpoint: String?
    package var cancellation = Cancellation()
    /// Machines for a recipe with pre-training; nil trains them here.
    package var machines: PretrainedMachines?

    package init(recipe: Recipe, corpus: Corpus) {
        self.recipe = recipe
        self.corpus = corpus
        classes = corpus.labels
    }

    package enum Progress: Sendable {
        /// Utterances whose features are computed, of how many.
        case features(Int, of: Int)
        /// An epoch of a Boltzmann machine is done: the machine's number in the stack, from 1, its epoch, of how many.
        case machineEpoch(machine: Int, Int, of: Int)
        /// An epoch of the auto-encoder is done: its layer, from 1, its epoch, of how many.
        case autoencoderEpoch(layer: Int, Int, of: Int)
        /// An epoch is done, of how many at most, of the network with this number in the ensemble, from 1.
        case epoch(EpochReport, of: Int, network: Int)
        /// Epochs of the networks that are trained for calibration only, of how many at most.
        case calibration(Int, of: Int)
    }

    /// - Parameters:
    ///   - resume: goes on from the checkpoint where there is one.
    ///   - progress: called as the work goes on, one call at a time.
    package func run(resume: Bool = false, progress: @escaping @Sendable (Progress) -> Void = { _ in }) throws -> Model {
        try recipe.validate()
        try recipe.requireModel()
        try machines?.check(recipe)
        let corpus = try corpus.filtered(classes: classes)
        let labels = try corpus.targets(classes: classes)
        let all = Array(labels.indices)
        let (training, heldOut) =
            recipe.training.heldOutSpeakers > 0
            ? try corpus.holdingOutSpeakers(recipe.training.heldOutSpeakers, of: all, seed: seed) : (all, [])
        let fingerprint = try fingerprint(corpus)
        let start = resume ? try storedStates(fingerprint) : [TrainingState?](repeating: nil, count: recipe.ensemble)
        if !resume {
            // Of an earlier training: they would not fit, should this one be gone on from.
            for path in checkpoints.dropFirst() { try? FileManager.default.removeItem(atPath: path) }
        }
        let features = try SystemFeatures(of: corpus, recipe: recipe, cache: cache, workers: workers, cancellation: cancellation) {
            progress(.features($0, of: $1))
        }
        let (material, normaliser) = try features.material(
            recipe.normalisation, training: training, labels: labels, names: corpus.utterances.map(\.file))
        var last = start
        var calibrationEpochs = 0
        let (ensemble, temperature) = try systemTraining.run(on: material, training: training, heldOut: heldOut, from: { start[$0] }) {
            step in
            switch step {
            case .machineEpoch(let state):
                progress(.machineEpoch(machine: state.done.count + 1, state.current.epoch, of: recipe.pretraining?.epochs ?? 0))
            case .autoencoderEpoch(let report):
                progress(.autoencoderEpoch(layer: report.layer, report.epoch, of: recipe.autoencoder?.epochs ?? 0))
            case .epoch(let state, let network):
                last[network] = state
                if checkpoint != nil { try state.write(path: checkpoints[network], fingerprint: fingerprint) }
                if let report = state.history.last { progress(.epoch(report, of: recipe.training.epochs, network: network + 1)) }
            case .calibrationEpoch(let total):
                calibrationEpochs += 1
                progress(.calibration(calibrationEpochs, of: total))
            }
        }
        return Model(
            recipe: recipe, labels: classes.labels, ensemble: ensemble, normaliser: normaliser, temperature: temperature,
            card: ModelCard(corpus, classes, training: training, heldOut: heldOut, seed: seed, networks: last.compactMap(\.self)))
    }

    /// The files of the states of the networks, which a finished training leaves behind until they are removed.
    private var checkpoints: [String] {
        checkpoint.map { path in (1...recipe.ensemble).map { $0 == 1 ? path : "\(path)-\($0)" } } ?? []
    }

    /// Removes the checkpoints, when the model is safe.
    package func removeCheckpoints() {
        for path in checkpoints { try? FileManager.default.removeItem(atPath: path) }
    }

    private func storedStates(_ fingerprint: String) throws -> [TrainingState?] {
        guard checkpoint != nil else { return [TrainingState?](repeating: nil, count: recipe.ensemble) }
        return try checkpoints.enumerated().map { number, path in
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return try TrainingState(path: path, fingerprint: fingerprint, start: systemTraining.start(number))
        }
    }

    private var systemTraining: SystemTraining {
        SystemTraining(
            recipe: recipe, classes: classes.count, seed: seed, workers: workers, cancellation: cancellation, stack: machines?.stack)
    }

    /// What a checkpoint must agree with to be gone on from: version, recipe, classes, seed and data.
    private func fingerprint(_ corpus: Corpus) throws(FeatureError) -> String {
        jsonText([
            stimmungVersion, "\(Trainer.revision)", try FeatureCacheKey.fingerprint(of: FrontEnd(recipe.features)).text, recipe.yaml,
            classes.description, "\(seed)",
            corpus.fingerprint, machines?.fingerprint ?? "none",
        ])
    }
}

extension Corpus {
    /// A text that differs where the utterances do: their files and sizes, times, speakers and labels.
    package var fingerprint: String {
        let utterances = utterances.map { utterance in
            let size = (try? FileManager.default.attributesOfItem(atPath: utterance.file)[.size] as? NSNumber)?.intValue ?? 0
            let times = [utterance.start, utterance.end].map { $0.map { "\($0)" } ?? "" }
            let file = (utterance.file as NSString).lastPathComponent
            return ([file, "\(size)"] + times + [utterance.speaker, utterance.emotion]).joined(separator: "\t")
        }
        return ([name] + utterances).joined(separator: "\n")
    }
}

extension Recipe {
    /// Refuses what can be evaluated but makes no model.
    ///
    /// - Throws: `RecipeError.value`
    package func requireModel() throws(RecipeError) {
        if features.functionals != nil, normalisation == .speaker {
            // One recording has one row, which says nothing of how its speaker's other rows are spread.
            throw .value(
                key: "normalisation", value: "speaker",
                allowed: "none or train for a model of functionals; \"evaluate\" can compare speakers")
        }
    }
}
