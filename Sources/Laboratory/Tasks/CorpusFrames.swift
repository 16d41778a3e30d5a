import StimmungCorpora
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTraining

/// Frames of a corpus for experiments with frame classifiers: every n-th window of 39 MFCC features of the unaltered recordings,
/// standardised by the training speakers' mean and standard deviation.
package struct CorpusFrames: Sendable {
    package var corpus: Corpus
    /// Training speakers; empty means those of the published split, without its test speakers.
    package var speakers: [String] = []
    /// Uses every n-th frame.
    package var every = 8
    /// Context frames on either side.
    package var window = 4
    /// Number of training speakers to hold out if `speakers` is empty. If it is not, any number above 0 holds out all other speakers.
    package var heldOutSpeakers = 0
    /// Random seed for the choice of held-out speakers.
    package var seed: UInt64 = 0
    package var workers = Workers()
    /// Feature cache shared between runs; nil for none.
    package var cache: FeatureCache?
    package var cancellation = Cancellation()
    /// As for `ModelTraining`.
    package var skipShare = SkipLimit.usualShare
    /// Called with each finding about the corpus.
    package var onWarning: @Sendable (CorpusWarning) -> Void = { _ in }

    package init(corpus: Corpus) {
        self.corpus = corpus
    }

    package struct Frames: Sendable {
        package let training: LabelledFrames
        /// nil if no speaker is held out.
        package let heldOut: LabelledFrames?
        package let classes: LabelSet
        package let trainingSpeakers: [String]
        package let heldOutSpeakers: [String]
    }

    /// - Parameter progress: called with the number of completed utterances, never concurrently.
    /// - Throws: `CorpusError` if the speakers or labels do not fit, `UnreadableUtterances` if recordings cannot be read, `FrameError` if
    ///   features cannot be read back, `Cancelled` if a stop is requested.
    package func load(progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }) throws -> Frames {
        let (training, heldOut) = try division()
        let whole = corpus.with(corpus.utterances.filter { (training + heldOut).contains($0.speaker) })
        var extraction = CorpusFeatures.Extraction(FeatureOptions(), cache: cache, workers: workers, cancellation: cancellation)
        extraction.skipShare = skipShare
        let features = try CorpusFeatures(of: whole, by: extraction, progress: progress)
        for warning in try whole.checkedFindings(workers: workers) + CorpusWarning.unusable(features.unusable, in: whole) {
            onWarning(warning)
        }
        let part = features.corpus
        let numbers = part.utterances.indices.filter { training.contains(part.utterances[$0].speaker) }
        let frames = try features.normalised(.train, training: numbers).recordings
        let classes = corpus.labels
        let targets = try part.targets(classes: classes)
        func labelled(_ speakers: [String]) throws -> LabelledFrames {
            let own = part.utterances.indices.filter { speakers.contains(part.utterances[$0].speaker) }
            return try LabelledFrames(
                own.map { LabelledSequence(frames: frames[$0], label: targets[$0]) }, classes: classes.count, window: window, every: every)
        }
        return Frames(
            training: try labelled(training), heldOut: heldOut.isEmpty ? nil : try labelled(heldOut), classes: classes,
            trainingSpeakers: training,
            heldOutSpeakers: heldOut)
    }

    /// Training and held-out speakers, in natural order.
    private func division() throws(CorpusError) -> (training: [String], heldOut: [String]) {
        func names(_ utterances: [Int]) -> [String] {
            let present = Set(utterances.map { corpus.utterances[$0].speaker })
            return corpus.speakers.filter(present.contains)
        }
        guard !speakers.isEmpty else {
            guard corpus.kind == .emodb else {
                throw .invalidOption(
                    option: "speakers", value: "", reason: "\(corpus.name) has no published split; name the training speakers")
            }
            let training = try corpus.officialSplit()[0].train
            guard heldOutSpeakers > 0 else { return (names(training), []) }
            let parts = try corpus.holdingOutSpeakers(heldOutSpeakers, of: training, seed: seed)
            return (names(parts.train), names(parts.heldOut))
        }
        for speaker in speakers where !corpus.speakers.contains(speaker) {
            throw .unknownSpeaker(speaker: speaker, corpus: corpus.name, present: corpus.speakers)
        }
        let others = corpus.speakers.filter { !speakers.contains($0) }
        guard heldOutSpeakers > 0 else { return (corpus.speakers.filter(speakers.contains), []) }
        if others.isEmpty {
            throw .invalidOption(
                option: "speakers", value: speakers.joined(separator: ","), reason: "no speakers are left to hold out; name fewer")
        }
        return (corpus.speakers.filter(speakers.contains), others)
    }
}
