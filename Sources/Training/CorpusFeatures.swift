import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import Synchronization

/// The features of every utterance of a corpus, before normalisation.
package struct CorpusFeatures: Sendable {
    /// Frames as rows, one source an utterance, in the corpus's order.
    package let frames: [any FrameSource]
    package let speakers: [String]

    /// Computes them, utterances side by side, or takes them from the cache.
    ///
    /// - Parameters:
    ///   - cache: where they are looked up, and kept from one run to the next.
    ///   - store: where they are kept; another than its own shares the memory that it may take.
    ///   - copy: what is changed of every recording before; what it draws is fixed by the utterance's number.
    ///   - progress: called with the number of utterances done; from several threads, one at a time.
    /// - Throws: `UnreadableUtterances`, which names all that cannot be read, `FrameError` and `Cancelled`.
    package init(
        of corpus: Corpus, options: FeatureOptions, copy: RecordingCopy = RecordingCopy(), store: FrameStore = FrameStore(),
        cache: FeatureCache? = nil, workers: Workers,
        cancellation: Cancellation = Cancellation(),
        progress: @Sendable (Int) -> Void = { _ in }
    ) throws {
        let frontEnd = try FrontEnd(options.warped(copy.warp))
        let done = Mutex(0)
        let results = try workers.map(corpus.utterances.count) { (index) throws -> Result<any FrameSource, FeatureError> in
            try cancellation.check()
            let utterance = corpus.utterances[index]
            let features = Result { () throws(FeatureError) in
                func compute() throws(FeatureError) -> Matrix {
                    try frontEnd.features(of: utterance.segment, altered: copy.alterations, seed: UInt64(index))
                }
                guard let cache else { return try compute() }
                let variant = copy.alterations.isEmpty ? "" : "\(copy.alterations.text) \(index)"
                return try cache.features(of: utterance.segment, by: frontEnd, variant: variant, computing: compute)
            }
            done.withLock {
                $0 += 1
                progress($0)
            }
            switch features {
            case .success(let frames): return .success(try store.keep(frames))
            case .failure(let error): return .failure(error)
            }
        }
        let failures = results.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        guard failures.isEmpty else { throw UnreadableUtterances(corpus: corpus.name, of: results.count, errors: failures) }
        frames = results.compactMap { try? $0.get() }
        speakers = corpus.utterances.map(\.speaker)
    }

    /// Features that are already at hand, with a speaker for each.
    package init(frames: [any FrameSource], speakers: [String]) {
        precondition(frames.count == speakers.count, "\(frames.count) utterances of \(speakers.count) speakers")
        self.frames = frames
        self.speakers = speakers
    }

    /// All utterances brought to mean 0 and deviation 1 of what `normalisation` names, and, for `train`, the normaliser of the training data.
    ///
    /// `speaker` takes the statistics of all recordings of a speaker, of test speakers too: without labels, but figures from it must say so.
    ///
    /// - Parameter training: the utterances that `train` takes its statistics from.
    package func normalised(
        _ normalisation: Normalisation, training: [Int]
    ) throws(FrameError) -> (frames: [any FrameSource], normaliser: Normaliser?) {
        let own = normalisation == .train ? try normaliser(of: training) : nil
        return (try normalised(normalisation, by: own), own)
    }

    /// As above, with the normaliser of the training data for `train`.
    package func normalised(_ normalisation: Normalisation, by trained: Normaliser?) throws(FrameError) -> [any FrameSource] {
        switch normalisation {
        case .none: return frames
        case .train: return trained.map { trained in frames.map { NormalisedFrames($0, by: trained) } } ?? frames
        case .utterance:
            return try frames.indices.map { (index) throws(FrameError) in
                NormalisedFrames(frames[index], by: try normaliser(of: [index]))
            }
        case .speaker:
            var own: [String: Normaliser] = [:]
            for (speaker, utterances) in Dictionary(grouping: frames.indices, by: { speakers[$0] }) {
                own[speaker] = try normaliser(of: utterances)
            }
            return zip(frames, speakers).map { frames, speaker in own[speaker].map { NormalisedFrames(frames, by: $0) } ?? frames }
        }
    }

    private func normaliser(of utterances: [Int]) throws(FrameError) -> Normaliser {
        var statistics = FeatureStatistics(width: frames.first?.columns ?? 0)
        for index in utterances { statistics.add(try frames[index].frames()) }
        return Normaliser(statistics)
    }
}

/// Utterances of a corpus that cannot be used, all of them, so that they can be mended in one go.
package struct UnreadableUtterances: Error, CustomStringConvertible {
    package let corpus: String
    /// Utterances in all.
    package let of: Int
    package let errors: [FeatureError]

    package var description: String {
        let shown = errors.prefix(5).map { "  \($0)" }
        let more = errors.count > 5 ? ["  and \(errors.count - 5) more"] : []
        return (["\(errors.count) of \(of) utterances of \(corpus) cannot be used:"] + shown + more).joined(separator: "\n")
    }
}

extension FeatureOptions {
    /// The same with the mel bands moved further.
    fileprivate func warped(_ factor: Double) -> FeatureOptions {
        var options = self
        options.warp *= factor
        return options
    }
}
