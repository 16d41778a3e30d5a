import Foundation
import Stimmung
import StimmungBoltzmann
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors

/// Trains the machines of a recipe on corpora, whose labels are not used.
///
///     var pretraining = Pretraining(recipe: try Recipe(named: "crbm-lstm"), corpora: [try Corpus.open(path: "ravdess")])
///     try pretraining.run().write(path: "machines.safetensors")
///
/// Each corpus is standardised by its own mean and deviation. A tenth of the speakers of all corpora, where there are at least two, is held
/// out to watch for over-fitting; it chooses nothing.
package struct Pretraining: Sendable {
    package var recipe: Recipe
    package var corpora: [Corpus]
    package var seed: UInt64 = 0
    package var workers = Workers()
    package var cancellation = Cancellation()
    /// Where features are looked up, and kept from one run to the next.
    package var cache: FeatureCache?
    /// Where the state after each epoch is kept; nil keeps none.
    package var checkpoint: String?

    package init(recipe: Recipe, corpora: [Corpus]) {
        self.recipe = recipe
        self.corpora = corpora
    }

    /// - Parameters:
    ///   - resume: resumes from the checkpoint where there is one.
    ///   - progress: called as the work goes on, one call at a time.
    package func run(resume: Bool = false, progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }) throws -> PretrainedMachines {
        try recipe.validate()
        guard let plan = recipe.pretraining else { throw PretrainedMachines.Misfit.noPretraining(recipe: recipe.name) }
        var training = plan.training(seed: seed, workers: workers)
        training.cancellation = cancellation
        let fingerprint = checkpoint == nil ? "" : try fingerprint()
        let start = resume ? try storedState(fingerprint, training) : nil
        let (frames, speakers) = try frames(progress)
        let everybody = Set(speakers).sorted()
        var random = RandomSource(seed: seed).stream(1)
        let order = random.permutation(everybody.count)
        let heldOutCount = everybody.count > 1 ? max(1, everybody.count / 10) : 0
        let heldOut = Set(order.prefix(heldOutCount).map { everybody[$0] })
        func part(_ isHeldOut: Bool) -> [any FrameSource] {
            frames.indices.filter { heldOut.contains(speakers[$0]) == isHeldOut }.map { frames[$0] }
        }

        var histories = (start?.histories ?? []) + (start.map { [$0.current.history] } ?? [])
        let stack = try training.train(on: part(false), heldOut: part(true), from: start) { state in
            histories = state.histories + [state.current.history]
            if let checkpoint { try state.write(path: checkpoint, fingerprint: fingerprint) }
            if let report = state.current.history.last { progress(report.progress(of: plan.epochs, machine: histories.count)) }
        }
        return PretrainedMachines(recipe: recipe, stack: stack, corpora: corpora.map(\.name), history: histories)
    }

    /// Removes the checkpoint, when the machines are safe.
    package func removeCheckpoint() {
        if let checkpoint { Files.remove(checkpoint) }
    }

    /// What a checkpoint must agree with to be resumed from: version, recipe, seed and data.
    private func fingerprint() throws -> String {
        var fingerprint = Fingerprint()
        try fingerprint.add(recipe)
        fingerprint.add("seed", seed)
        let hashes = RecordingHashes()
        for corpus in corpora { try fingerprint.add(corpus, hashes, workers: workers) }
        return fingerprint.text
    }

    private func storedState(_ fingerprint: String, _ training: BoltzmannStack.Training) throws -> BoltzmannStack.State? {
        guard let checkpoint, Files.exists(checkpoint) else { return nil }
        return try BoltzmannStack.State(path: checkpoint, fingerprint: fingerprint, training: training, visible: recipe.features.width)
    }

    /// The normalised frames of all corpora, with a speaker for each utterance.
    private func frames(_ progress: @escaping @Sendable (WorkProgress) -> Void) throws -> (frames: [any FrameSource], speakers: [String]) {
        let total = corpora.reduce(0) { $0 + $1.utterances.count }
        let extraction = CorpusFeatures.Extraction(recipe.features, cache: cache, workers: workers, cancellation: cancellation)
        var frames: [any FrameSource] = []
        var speakers: [String] = []
        for (number, corpus) in corpora.enumerated() {
            let before = frames.count
            let features = try CorpusFeatures(of: corpus, by: extraction) { progress($0.within(total, after: before)) }
            frames += try features.normalised(recipe.normalisation, training: Array(corpus.utterances.indices)).recordings
            speakers += corpus.utterances.map { "\(number)/\($0.speaker)" }
        }
        return (frames, speakers)
    }
}
