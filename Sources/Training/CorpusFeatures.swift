import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import Synchronization

/// The features of every utterance of a corpus, as recorded and as altered copies, before normalisation.
///
/// Each utterance is a source of T × D frames, in the order of the corpus.
package struct CorpusFeatures: Sendable {
    package let recordings: [any FrameSource]
    /// The same for each altered copy.
    package let copies: [[any FrameSource]]
    package let speakers: [String]

    /// How features are computed, and where they are kept.
    package struct Extraction: Sendable {
        package var options: FeatureOptions
        /// Corpora with the same store share the memory that it may take.
        package var store: FrameStore
        /// Where features are looked up, and kept from one run to the next.
        package var cache: FeatureCache?
        package var workers: Workers
        package var cancellation: Cancellation

        package init(
            _ options: FeatureOptions, store: FrameStore = FrameStore(), cache: FeatureCache? = nil, workers: Workers,
            cancellation: Cancellation = Cancellation()
        ) {
            self.options = options
            self.store = store
            self.cache = cache
            self.workers = workers
            self.cancellation = cancellation
        }
    }

    /// Computes the features, utterances side by side, or takes them from the cache.
    ///
    /// - Parameters:
    ///   - copies: what is changed in each altered copy; the random numbers of a change depend on the utterance's number only.
    ///   - progress: called with the number of recordings done, copies included; from several threads, one at a time.
    /// - Throws: `UnreadableUtterances`, which lists all utterances that cannot be read, `FrameError` and `Cancelled`.
    package init(
        of corpus: Corpus, copies: [RecordingCopy] = [], by extraction: Extraction,
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) throws {
        let total = corpus.utterances.count * (1 + copies.count)
        let all = try ([RecordingCopy()] + copies).enumerated().map { number, copy in
            try extraction.frames(of: corpus, copy) { progress(WorkProgress(.features, corpus.utterances.count * number + $0, of: total)) }
        }
        self.init(recordings: all[0], copies: Array(all.dropFirst()), speakers: corpus.utterances.map(\.speaker))
    }

    /// Features that have been computed, with the speaker of each utterance.
    package init(recordings: [any FrameSource], copies: [[any FrameSource]] = [], speakers: [String]) {
        precondition(recordings.count == speakers.count, "\(recordings.count) utterances of \(speakers.count) speakers")
        self.recordings = recordings
        self.copies = copies
        self.speakers = speakers
    }
}

extension CorpusFeatures.Extraction {
    /// The features of every utterance under one change.
    ///
    /// - Parameter done: called with the number of utterances done.
    fileprivate func frames(of corpus: Corpus, _ copy: RecordingCopy, done: @Sendable (Int) -> Void) throws -> [any FrameSource] {
        var options = options
        options.warp *= copy.warp
        let frontEnd = try FrontEnd(options)
        let count = Mutex(0)
        let results = try workers.map(corpus.utterances.count) { (index) throws -> Result<any FrameSource, FeatureError> in
            try cancellation.check()
            let features = Result { () throws(FeatureError) in
                try self.features(of: corpus.utterances[index].segment, altered: copy.alterations, by: frontEnd, seed: UInt64(index))
            }
            count.withLock {
                $0 += 1
                done($0)
            }
            switch features {
            case .success(let frames): return .success(try store.keep(frames))
            case .failure(let error): return .failure(error)
            }
        }
        let failures = results.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        guard failures.isEmpty else { throw UnreadableUtterances(corpus: corpus.name, of: results.count, errors: failures) }
        return results.compactMap { try? $0.get() }
    }

    private func features(
        of segment: AudioSegment, altered alterations: [Alteration], by frontEnd: FrontEnd, seed: UInt64
    ) throws(FeatureError) -> Matrix {
        func compute() throws(FeatureError) -> Matrix { try frontEnd.features(of: segment, altered: alterations, seed: seed) }
        guard let cache else { return try compute() }
        let variant = alterations.isEmpty ? "" : "\(alterations.text) \(seed)"
        return try cache.features(of: segment, by: frontEnd, variant: variant, computing: compute)
    }
}

extension CorpusFeatures {
    /// The same features, brought to mean 0 and deviation 1.
    package struct Normalised: Sendable {
        package let recordings: [any FrameSource]
        package let copies: [[any FrameSource]]
        /// What did it, from the training data as recorded; nil unless the normalisation is `train`.
        package let normaliser: Normaliser?
    }

    /// Brings all utterances to mean 0 and deviation 1 of what `normalisation` names.
    ///
    /// `speaker` takes the statistics of all recordings of a speaker, of test speakers too: without labels, but figures from it must say so.
    ///
    /// - Parameter training: the utterances that `train` takes its statistics from.
    package func normalised(_ normalisation: Normalisation, training: [Int]) throws(FrameError) -> Normalised {
        let trained = normalisation == .train ? try Self.normaliser(training.map { recordings[$0] }) : nil
        return Normalised(
            recordings: try normalised(recordings, normalisation, by: trained),
            copies: try copies.map { (copy) throws(FrameError) in try normalised(copy, normalisation, by: trained) }, normaliser: trained)
    }

    private func normalised(
        _ frames: [any FrameSource], _ normalisation: Normalisation, by trained: Normaliser?
    ) throws(FrameError) -> [any FrameSource] {
        switch normalisation {
        case .none: return frames
        case .train: return trained.map { trained in frames.map { NormalisedFrames($0, by: trained) } } ?? frames
        case .utterance:
            return try frames.map { (frames) throws(FrameError) in NormalisedFrames(frames, by: try Self.normaliser([frames])) }
        case .speaker:
            var own: [String: Normaliser] = [:]
            for (speaker, utterances) in Dictionary(grouping: frames.indices, by: { speakers[$0] }) {
                own[speaker] = try Self.normaliser(utterances.map { frames[$0] })
            }
            return zip(frames, speakers).map { frames, speaker in own[speaker].map { NormalisedFrames(frames, by: $0) } ?? frames }
        }
    }

    private static func normaliser(_ frames: [any FrameSource]) throws(FrameError) -> Normaliser {
        var statistics = FeatureStatistics(width: frames.first?.columns ?? 0)
        for source in frames { statistics.add(try source.frames()) }
        return Normaliser(statistics)
    }
}

/// The utterances of a corpus that cannot be used: all of them, so that they can be fixed in one go.
public struct UnreadableUtterances: StimmungError {
    /// Name of the corpus.
    public let corpus: String
    /// Number of utterances in the corpus.
    public let of: Int
    /// One error per unusable utterance, in the order of the corpus.
    public let errors: [FeatureError]

    public var code: String { "training.unreadable-utterances" }

    public var description: String {
        let shown = errors.prefix(5).map { "  \($0)" }
        let more = errors.count > 5 ? ["  and \(errors.count - 5) more"] : []
        return (["\(errors.count) of \(of) utterances of \(corpus) cannot be used:"] + shown + more).joined(separator: "\n")
    }
}
