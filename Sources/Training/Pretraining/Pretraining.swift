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
    /// As for `ModelTraining`, of each corpus.
    package var skipShare = SkipLimit.usualShare
    /// Called with each finding about the corpora, before the training begins.
    package var onWarning: @Sendable (CorpusWarning) -> Void = { _ in }

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
        let (frames, speakers, skipped) = try frames(progress)
        let fingerprint = checkpoint == nil ? "" : try fingerprint(skipped)
        let start = resume ? try storedState(fingerprint, training) : nil
        try workers.processes.agree(
            on: "the training data or its checkpoint", "\(fingerprint) \(start?.done.count ?? 0) \(start?.current.epoch ?? 0)")
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
            if let checkpoint, workers.processes.leads { try state.write(path: checkpoint, fingerprint: fingerprint) }
            if let report = state.current.history.last { progress(report.progress(of: plan.epochs, machine: histories.count)) }
        }
        return PretrainedMachines(recipe: recipe, stack: stack, corpora: corpora.map(\.name), history: histories)
    }

    /// Removes the checkpoint, when the machines are safe.
    package func removeCheckpoint() {
        if let checkpoint { Files.remove(checkpoint) }
    }

    /// What a checkpoint must agree with to be resumed from: version, recipe, seed and data.
    ///
    /// - Parameter skipped: utterances of each corpus.
    private func fingerprint(_ skipped: [[UnusableUtterance]]) throws -> String {
        var fingerprint = Fingerprint()
        try fingerprint.add(recipe)
        fingerprint.add("seed", seed)
        for (corpus, skipped) in zip(corpora, skipped) {
            fingerprint.add(corpus, workers: workers)
            fingerprint.add(skipped: skipped)
        }
        return fingerprint.text
    }

    private func storedState(_ fingerprint: String, _ training: BoltzmannStack.Training) throws -> BoltzmannStack.State? {
        guard let checkpoint, Files.exists(checkpoint) else { return nil }
        return try BoltzmannStack.State(path: checkpoint, fingerprint: fingerprint, training: training, visible: recipe.features.width)
    }

    /// The normalised frames of all corpora, with a speaker for each utterance, and the utterances of each corpus that were skipped.
    private func frames(
        _ progress: @escaping @Sendable (WorkProgress) -> Void
    ) throws -> (frames: [any FrameSource], speakers: [String], skipped: [[UnusableUtterance]]) {
        let total = corpora.reduce(0) { $0 + $1.utterances.count }
        var extraction = CorpusFeatures.Extraction(recipe.features, cache: cache, workers: workers, cancellation: cancellation)
        extraction.skipShare = skipShare
        var frames: [any FrameSource] = []
        var speakers: [String] = []
        var skipped: [[UnusableUtterance]] = []
        var before = 0
        for (number, corpus) in corpora.enumerated() {
            for warning in corpus.warnings { onWarning(warning) }
            let features = try CorpusFeatures(of: corpus, by: extraction) { [before] in progress($0.within(total, after: before)) }
            for warning in CorpusWarning.unusable(features.unusable, in: corpus) { onWarning(warning) }
            frames += try features.normalised(recipe.normalisation, training: Array(features.corpus.utterances.indices)).recordings
            speakers += features.corpus.utterances.map { "\(number)/\($0.speaker)" }
            skipped.append(features.unusable)
            before += corpus.utterances.count
        }
        return (frames, speakers, skipped)
    }
}
