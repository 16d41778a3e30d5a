import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Adapts the networks of a model to labelled utterances: the mean of its normaliser moves towards theirs, and the head of each network is fitted
/// to them.
///
/// The mean m becomes m + n / (n + 4) (v − m), where v is the mean of n recordings, as for a voice. The deviation stays.
package struct NetworkAdaptation: Sendable {
    package let model: Model
    package let corpus: Corpus
    /// The classes of the model, then the labels that only the corpus has.
    package let classes: [String]
    /// The number of each utterance's class.
    package let labels: [Int]
    /// Features of every utterance of the corpus, as the front end gives them.
    private let recordings: [any FrameSource]
    /// The mean of each recording's frames.
    private let means: [[Float]]
    package var strength = HeadFitting.usualStrength
    package var workers: Workers
    package let cancellation: Cancellation

    /// - Parameters:
    ///   - features: of the utterances of `features.corpus`.
    /// - Throws: `FrameError`.
    package init(_ model: Model, to features: CorpusFeatures, workers: Workers, cancellation: Cancellation) throws(FrameError) {
        self.model = model
        self.workers = workers
        self.cancellation = cancellation
        corpus = features.corpus
        recordings = features.recordings
        // The labels of a corpus have canonical names, unlike those of a model that was made by hand.
        let known = model.labels.map(Emotion.canonicalLabel)
        let new = corpus.labels.labels.filter { !known.contains($0) }
        classes = model.labels + new
        let numbers = Dictionary(zip(known + new, 0...), uniquingKeysWith: { first, _ in first })
        labels = corpus.utterances.map { numbers[$0.emotion, default: 0] }
        means = try workers.map(features.recordings.count) { (index) throws(FrameError) in
            var statistics = FeatureStatistics(width: features.recordings[index].columns)
            statistics.add(try features.recordings[index].frames())
            return statistics.mean
        }
    }

    /// What the adaptation gives.
    package struct Adapted: Sendable {
        /// nil where the model has none.
        package let normaliser: Normaliser?
        package let ensemble: Ensemble
        /// nil where the model has none, or where they were not asked for.
        package let voices: Ensemble?
    }

    /// - Parameters:
    ///   - utterances: at least one.
    ///   - voices: whether the networks for enrolled voices are adapted too.
    ///   - done: called after each network.
    /// - Throws: `TrainingError.diverged`, `FrameError`, `Cancelled`.
    package func adapt(to utterances: [Int], voices: Bool, done: () -> Void = {}) throws -> Adapted {
        let normaliser = normaliser(for: utterances)
        let frames = try utterances.map { (index) throws(FrameError) in try self.frames(of: index, normaliser) }
        let ensemble = try adapted(model.ensemble, to: utterances, frames, done)
        guard voices, let networks = model.voiceNetworks?.ensemble else {
            return Adapted(normaliser: normaliser, ensemble: ensemble, voices: nil)
        }
        let centred = try adapted(networks, to: utterances, self.centred(frames, utterances), done)
        return Adapted(normaliser: normaliser, ensemble: ensemble, voices: centred)
    }

    /// The log posteriors of utterances by the model as it was, or after an adaptation; with the normalised frames.
    ///
    /// - Parameter adapted: nil for the model as it was.
    /// - Throws: `FrameError`.
    package func logPosteriors(
        of utterances: [Int], by adapted: Adapted? = nil
    ) throws(FrameError) -> [(logs: Matrix, frames: any FrameSource)] {
        let normaliser = adapted.map(\.normaliser) ?? model.normaliser
        let frames = try utterances.map { (index) throws(FrameError) in try self.frames(of: index, normaliser) }
        return zip(try (adapted?.ensemble ?? model.ensemble).logPosteriors(of: frames, workers: workers), frames).map { ($0, $1) }
    }

    /// Which classes the corpus of an utterance has among some utterances.
    package func groups(of utterances: [Int]) -> [String: SequenceGroup] {
        var present: [String: Set<Int>] = [:]
        for index in utterances { present[part(of: index), default: []].insert(labels[index]) }
        return Dictionary(
            uniqueKeysWithValues: present.sorted { $0.key < $1.key }.enumerated().map { number, own in
                (own.key, SequenceGroup(number: number, hasClass: classes.indices.map(own.value.contains)))
            })
    }

    /// The name of the corpus that an utterance is of.
    package func part(of utterance: Int) -> String { corpus.part(of: corpus.utterances[utterance]) }

    private func normaliser(for utterances: [Int]) -> Normaliser? {
        guard let own = model.normaliser else { return nil }
        var statistics = FeatureStatistics(width: own.mean.count)
        for index in utterances { statistics.add(Matrix(rows: 1, columns: own.mean.count, elements: means[index])) }
        let share = Float(Voice.share(stretches: utterances.count, variety: nil))
        return Normaliser(mean: zip(own.mean, statistics.mean).map { $0 + share * ($1 - $0) }, deviation: own.deviation)
    }

    /// The frames of an utterance as the recogniser normalises them: by the model, or where it has no normaliser by the recording itself.
    private func frames(of utterance: Int, _ normaliser: Normaliser?) throws(FrameError) -> any FrameSource {
        let frames = recordings[utterance]
        if let normaliser { return NormalisedFrames(frames, by: normaliser) }
        guard model.recipe.normalisation != .none else { return frames }
        var statistics = FeatureStatistics(width: frames.columns)
        statistics.add(try frames.frames())
        return NormalisedFrames(frames, by: Normaliser(statistics))
    }

    /// Frames less the mean of their speaker's.
    private func centred(_ frames: [any FrameSource], _ utterances: [Int]) throws(FrameError) -> [any FrameSource] {
        var centred = frames
        for own in Dictionary(grouping: utterances.indices, by: { corpus.utterances[utterances[$0]].speaker }).values {
            var statistics = FeatureStatistics(width: frames[own[0]].columns)
            for place in own { statistics.add(try frames[place].frames()) }
            let centre = Normaliser(mean: statistics.mean, deviation: statistics.mean.map { _ in 1 })
            for place in own { centred[place] = NormalisedFrames(frames[place], by: centre) }
        }
        return centred
    }

    private func adapted(
        _ ensemble: Ensemble, to utterances: [Int], _ frames: [any FrameSource], _ done: () -> Void
    ) throws -> Ensemble {
        let groups = groups(of: utterances)
        let training = model.recipe.training
        let fitting = HeadFitting(
            loss: FrameLoss(training.loss, labelSmoothing: training.labelSmoothing), strength: strength, workers: workers,
            cancellation: cancellation)
        let layers = model.recipe.layers(classes: classes.count)
        let networks = try ensemble.networks.map { network in
            let split = NetworkHead(of: network)
            let activations = try split.activations(of: frames, store: FrameStore(), workers: workers)
            var widened = try split.widened(
                to: layers, for: activations, isSigmoid: training.loss == .squaredError, workers: workers)
            let sequences = zip(utterances, activations).map { index, activations in
                LabelledSequence(
                    frames: activations, label: labels[index], name: corpus.utterances[index].file, group: groups[part(of: index)])
            }
            let old = widened
            widened.head = try fitting.fit(widened.head, to: sequences)
            // Biases move the outputs of a sigmoid by less than themselves.
            if training.loss == .crossEntropy {
                widened = try widened.holding(from: old, present: Set(sequences.map(\.label)).sorted(), for: activations, workers: workers)
            }
            done()
            return widened.network.rounded(to: model.recipe.weights ?? .float32)
        }
        return Ensemble(networks)
    }
}
