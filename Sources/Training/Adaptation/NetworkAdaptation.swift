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
    /// The model before classes were removed from it.
    private let whole: Model
    package let corpus: Corpus
    /// The classes of the model, then the labels that only the corpus has.
    package let classes: [String]
    /// The number of each utterance's class.
    package let labels: [Int]
    /// Features of every utterance of the corpus, as the front end gives them.
    private let recordings: [any FrameSource]
    /// The mean of each recording's frames.
    private let means: [[Float]]
    /// How strongly the heads are kept near their old parameters (`HeadObjective`). `AdaptationTrials` sets it.
    package var strength = 3.0
    package var workers: Workers
    package let cancellation: Cancellation

    /// - Parameters:
    ///   - whole: the model before classes were removed from it; nil if none were.
    ///   - features: of the utterances of `features.corpus`.
    /// - Throws: `FrameError`.
    package init(
        _ model: Model, of whole: Model? = nil, to features: CorpusFeatures, workers: Workers, cancellation: Cancellation
    ) throws(FrameError) {
        self.model = model
        self.whole = whole ?? model
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
        package let voices: VoiceNetworks?
    }

    /// - Parameters:
    ///   - utterances: at least one.
    ///   - voices: whether the networks for enrolled voices are adapted too.
    ///   - done: called after each network.
    /// - Throws: `TrainingError.diverged`, `FrameError`, `Cancelled`.
    package func adapt(to utterances: [Int], voices: Bool, done: () -> Void = {}) throws -> Adapted {
        let normaliser = normaliser(for: utterances)
        let frames = try frames(normalising: utterances, by: normaliser)
        let ensemble = try adapted(model.ensemble, to: utterances, frames, done)
        guard voices, var networks = model.voiceNetworks else { return Adapted(normaliser: normaliser, ensemble: ensemble, voices: nil) }
        // A speaker's only recording less the speaker's mean is zero.
        let several = corpus.bySpeaker(utterances).filter { $0.count > 1 }
        let told = several.flatMap(\.self).sorted()
        networks.ensemble = try adapted(
            networks.ensemble, to: told.isEmpty ? utterances : told, isFitted: !told.isEmpty,
            corpus.centred(frames, speakersOf: utterances), done)
        networks.spread = try networks.spread.map { (spread) throws(FrameError) in
            try spread * changeOfSpread(several, frames, ensemble)
        }
        return Adapted(normaliser: normaliser, ensemble: ensemble, voices: networks)
    }

    /// By what factor the adapted networks spread the speakers' recordings more than those of the whole model do, 1/4 … 4; 1 where no speaker has two.
    ///
    /// `VoiceNetworks.spread` is of the training speakers, who are not at hand.
    private func changeOfSpread(_ speakers: [[Int]], _ frames: [any FrameSource], _ adapted: Ensemble) throws(FrameError) -> Double {
        func spread(_ ensemble: Ensemble, _ frames: [any FrameSource]) throws(FrameError) -> Double? {
            try EnrolledSpeech.meanSpread(speakers) { (own) throws(FrameError) in
                try EnrolledSpeech(own, of: frames, by: ensemble, model.recipe.decision, workers)
            }
        }
        let old = try self.frames(normalising: speakers.flatMap(\.self), by: whole.normaliser)
        guard let before = try spread(whole.ensemble, old), let after = try spread(adapted, frames) else { return 1 }
        return min(max(after / before, 0.25), 4)
    }

    /// What the model as it was predicts for utterances, or what an adaptation predicts.
    ///
    /// - Parameter adapted: nil for the model as it was.
    package func judge(_ utterances: [Int], by adapted: Adapted? = nil) throws(FrameError) -> [AdaptedConfidence.Judged] {
        let normaliser = adapted.map(\.normaliser) ?? model.normaliser
        // Grouped, so that the posteriors of a large corpus need not be in memory at once.
        var judged: [AdaptedConfidence.Judged] = []
        for part in utterances.groups(of: 256) {
            let frames = try part.map { (index) throws(FrameError) in try self.frames(of: index, normaliser) }
            let logs = try (adapted?.ensemble ?? model.ensemble).logPosteriors(of: frames, workers: workers)
            judged += try part.indices.map { (place) throws(FrameError) in
                AdaptedConfidence.Judged(
                    probabilities: Pooling(model.recipe.decision, of: logs[place]).rawProbabilities, label: labels[part[place]],
                    distance: Familiarity.distance(of: try frames[place].frames()))
            }
        }
        return judged
    }

    /// The corpus that an utterance is of, with the classes that it has among some utterances.
    private func group(of utterance: Int, _ groups: [String: SequenceGroup]) -> SequenceGroup? {
        groups[corpus.part(of: corpus.utterances[utterance])]
    }

    private func normaliser(for utterances: [Int]) -> Normaliser? {
        guard let own = model.normaliser else { return nil }
        var statistics = FeatureStatistics(width: own.mean.count)
        for index in utterances { statistics.add(Matrix(rows: 1, columns: own.mean.count, elements: means[index])) }
        return own.moved(to: statistics.mean, share: Voice.share(stretches: utterances.count, variety: nil))
    }

    /// The frames of all utterances of the corpus, of which only these are normalised.
    private func frames(normalising utterances: [Int], by normaliser: Normaliser?) throws(FrameError) -> [any FrameSource] {
        var all = recordings
        for index in utterances { all[index] = try frames(of: index, normaliser) }
        return all
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

    /// - Parameters:
    ///   - isFitted: if not, weights stay, and only outputs for new classes are added.
    ///   - frames: of all utterances of the corpus.
    private func adapted(
        _ ensemble: Ensemble, to utterances: [Int], isFitted: Bool = true, _ frames: [any FrameSource], _ done: () -> Void
    ) throws -> Ensemble {
        let groups = corpus.groups(of: utterances, labels: labels, classes: classes.count)
        let training = model.recipe.training
        let fitting = HeadFitting(
            loss: FrameLoss(training.loss, labelSmoothing: training.labelSmoothing), strength: strength, workers: workers,
            cancellation: cancellation)
        let layers = model.recipe.layers(classes: classes.count)
        let networks = try ensemble.networks.map { network in
            let split = NetworkHead(of: network)
            let activations = try split.activations(of: utterances.map { frames[$0] }, store: FrameStore(), workers: workers)
            var widened = try split.widened(
                to: layers, for: activations, isSigmoid: training.loss == .squaredError, workers: workers)
            let sequences = zip(utterances, activations).map { index, activations in
                LabelledSequence(
                    frames: activations, label: labels[index], name: corpus.utterances[index].file, group: group(of: index, groups))
            }
            let old = widened
            if isFitted { widened.head = try fitting.fit(widened.head, to: sequences) }
            // Biases move the outputs of a sigmoid by less than themselves.
            if training.loss == .crossEntropy {
                widened = try widened.holding(from: old, present: Set(sequences.map(\.label)).sorted(), for: activations, workers: workers)
            }
            widened.exclude(Set(model.labels.count..<classes.count).subtracting(sequences.map(\.label)))
            done()
            return widened.network.rounded(to: model.recipe.weights ?? .float32)
        }
        return Ensemble(networks)
    }
}
