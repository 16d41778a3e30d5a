import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import Synchronization

/// The features of every utterance of a corpus, as recorded and as altered copies, before normalisation.
///
/// Each utterance is a source of T × D frames, in the order of `corpus`. Utterances with unusable recordings are left out of it.
package struct CorpusFeatures: Sendable {
    /// The utterances that have features.
    package let corpus: Corpus
    /// The others, by their places in the corpus that was given.
    package let unusable: [UnusableUtterance]
    package let recordings: [any FrameSource]
    /// The same for each altered copy.
    package let copies: [[any FrameSource]]
    private var speakers: [String] { corpus.utterances.map(\.speaker) }

    /// How features are computed, and where they are kept.
    package struct Extraction: Sendable {
        package var options: FeatureOptions
        /// Corpora with the same store share the memory that it may take.
        package var store: FrameStore
        /// Where features are looked up, and kept from one run to the next.
        package var cache: FeatureCache?
        package var workers: Workers
        package var cancellation: Cancellation
        /// Largest share of the utterances of a corpus that is skipped where their recordings are unusable.
        package var skipShare = SkipLimit.usualShare

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
    /// - Throws: `UnreadableUtterances` where more utterances are unusable than may be skipped, `FrameError`,
    ///   `ProcessDisagreement` and `Cancelled`.
    package init(
        of corpus: Corpus, copies: [RecordingCopy] = [], by extraction: Extraction,
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) throws {
        let count = corpus.utterances.count
        let total = count * (1 + copies.count)
        var failures: [Int: FeatureError] = [:]
        var all: [[(any FrameSource)?]] = []
        for (number, copy) in ([RecordingCopy()] + copies).enumerated() {
            let results = try extraction.frames(of: corpus, without: Set(failures.keys), copy) {
                progress(WorkProgress(.features, count * number + $0, of: total))
            }
            for (index, result) in results.enumerated() {
                if case .failure(let error)? = result { failures[index] = error }
            }
            all.append(results.map { try? $0?.get() })
            try extraction.workers.processes.agree(
                on: "the recordings that can be used",
                failures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.code)" }.joined(separator: "\n"))
            try extraction.check(failures, in: corpus)
        }
        let kept = corpus.utterances.indices.filter { failures[$0] == nil }
        let sources = all.map { sources in kept.compactMap { sources[$0] } }
        self.corpus = failures.isEmpty ? corpus : corpus.with(kept.map { corpus.utterances[$0] })
        unusable = failures.sorted { $0.key < $1.key }.map { UnusableUtterance(utterance: $0.key, code: $0.value.code) }
        recordings = sources[0]
        self.copies = Array(sources.dropFirst())
    }

    /// Features that have been computed, one source for each utterance of the corpus.
    package init(recordings: [any FrameSource], copies: [[any FrameSource]] = [], of corpus: Corpus) {
        precondition(recordings.count == corpus.utterances.count, "\(recordings.count) of \(corpus.utterances.count) utterances")
        self.recordings = recordings
        self.copies = copies
        self.corpus = corpus
        unusable = []
    }
}

extension CorpusFeatures.Extraction {
    /// The features of every utterance under one change; nil for those that are left out.
    ///
    /// - Parameters:
    ///   - leftOut: utterances that are not wanted any more.
    ///   - done: called with the number of utterances done.
    fileprivate func frames(
        of corpus: Corpus, without leftOut: Set<Int>, _ copy: RecordingCopy, done: @Sendable (Int) -> Void
    ) throws -> [Result<any FrameSource, FeatureError>?] {
        var options = options
        options.warp *= copy.warp
        let frontEnd = try FrontEnd(options)
        let count = Mutex(0)
        @Sendable func compute(_ index: Int) -> Result<Matrix, FeatureError> {
            Result { () throws(FeatureError) in
                try features(of: corpus.utterances[index].segment, altered: copy.alterations, by: frontEnd, seed: UInt64(index))
            }
        }
        @Sendable func finish(_ features: Result<Matrix, FeatureError>?) throws(FrameError) -> Result<any FrameSource, FeatureError>? {
            count.withLock {
                $0 += 1
                done($0)
            }
            switch features {
            case .success(let frames)?: return .success(try store.keep(frames))
            case .failure(let error)?: return .failure(error)
            case nil: return nil
            }
        }
        guard workers.processes.areSeveral else {
            return try workers.map(corpus.utterances.count) { (index) throws -> Result<any FrameSource, FeatureError>? in
                try cancellation.check()
                return try finish(leftOut.contains(index) ? nil : compute(index))
            }
        }
        return try shared(corpus.utterances.indices.map { leftOut.contains($0) ? nil : $0 }, compute, finish)
    }

    /// The features of utterances that the processes share; nil for those that are left out.
    ///
    /// What one process cannot compute, all others try too: they need the error, and most failures are quick.
    private func shared(
        _ utterances: [Int?], _ compute: @Sendable (Int) -> Result<Matrix, FeatureError>,
        _ finish: (Result<Matrix, FeatureError>?) throws(FrameError) -> Result<any FrameSource, FeatureError>?
    ) throws -> [Result<any FrameSource, FeatureError>?] {
        try utterances.groups(of: Self.sharedAtOnce).flatMap { group in
            let own = workers.processes.share(of: group.count)
            let computed = workers.map(own.count) { number -> [UInt8]? in
                guard !cancellation.isCancelled, let utterance = group[own[number]] else { return nil }
                return try? compute(utterance).get().bytes
            }
            let all = try workers.processes.interleaved(computed, of: group.count)
            try workers.check(cancellation)
            return try zip(group, all).map { utterance, bytes in
                try finish(utterance.map { utterance in bytes.map { .success(Matrix(bytes: $0)) } ?? compute(utterance) })
            }
        }
    }

    /// Utterances whose features are in memory twice: 20 MB of ten-second utterances with 39 values per frame.
    private static let sharedAtOnce = 128

    /// Throws where more utterances are unusable than may be skipped, where none is left, and where something else than a recording is to blame.
    fileprivate func check(_ failures: [Int: FeatureError], in corpus: Corpus) throws(UnreadableUtterances) {
        let count = corpus.utterances.count
        let allowed = SkipLimit.count(skipShare, of: count)
        guard failures.count > allowed || failures.count == count || failures.values.contains(where: { !$0.isOfTheRecording }),
            !failures.isEmpty
        else { return }
        throw UnreadableUtterances(
            corpus: corpus.name, of: count, allowed: allowed, errors: failures.sorted { $0.key < $1.key }.map(\.value))
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
        /// What did it, from the training data as recorded; nil unless the normalisation is `train` or `corpus`.
        package let normaliser: Normaliser?
    }

    /// Brings all utterances to mean 0 and deviation 1 of what `normalisation` names.
    ///
    /// `speaker` takes the statistics of all recordings of a speaker, of test speakers too: without labels, but figures from it must say so.
    ///
    /// - Parameter training: the utterances of the training data, whose statistics `train` takes, and `speaker` for speakers with few rows.
    package func normalised(_ normalisation: Normalisation, training: [Int]) throws(FrameError) -> Normalised {
        switch normalisation {
        case .none: return Normalised(recordings: recordings, copies: copies, normaliser: nil)
        case .train:
            let trained = Normaliser(try Self.statistics(training.map { recordings[$0] }))
            return try normalised(normaliser: trained) { frames in frames.map { NormalisedFrames($0, by: trained) } }
        case .utterance:
            return try normalised { (frames) throws(FrameError) in
                try frames.map { (frames) throws(FrameError) in NormalisedFrames(frames, by: Normaliser(try Self.statistics([frames]))) }
            }
        case .speaker:
            let trained = hasSmallSpeakers ? try Self.statistics(training.map { recordings[$0] }) : FeatureStatistics(width: 0)
            return try normalised { (frames) throws(FrameError) in
                let own = try Self.statistics(of: frames, in: speakers).mapValues { Normaliser(speaker: $0, training: trained) }
                return Self.normalised(frames, by: own, in: speakers)
            }
        case .corpus:
            let parts = corpus.utterances.map { corpus.part(of: $0) }
            let own = try Self.statistics(of: recordings, in: parts).mapValues { Normaliser($0) }
            let trained = Set(training.map { parts[$0] }).sorted().compactMap { own[$0] }
            return try normalised(normaliser: trained.isEmpty ? nil : Normaliser(averaging: trained)) { frames in
                Self.normalised(frames, by: own, in: parts)
            }
        }
    }

    /// The recordings and each of their copies as `body` normalises them.
    private func normalised(
        normaliser: Normaliser? = nil, by body: ([any FrameSource]) throws(FrameError) -> [any FrameSource]
    ) throws(FrameError) -> Normalised {
        Normalised(recordings: try body(recordings), copies: try copies.map(body), normaliser: normaliser)
    }

    /// Whether a speaker has so few rows that `speaker` mixes the statistics with those of the training data.
    var hasSmallSpeakers: Bool {
        ([recordings] + copies).contains { frames in
            let rows = Dictionary(zip(speakers, frames.map(\.rows)), uniquingKeysWith: +)
            return rows.values.contains { $0 < Normaliser.rowsOfSpeaker }
        }
    }

    /// The statistics of each group of recordings.
    ///
    /// - Parameter groups: the name of each recording's group.
    private static func statistics(of frames: [any FrameSource], in groups: [String]) throws(FrameError) -> [String: FeatureStatistics] {
        var own: [String: FeatureStatistics] = [:]
        for (group, members) in Dictionary(grouping: frames.indices, by: { groups[$0] }) {
            own[group] = try statistics(members.map { frames[$0] })
        }
        return own
    }

    /// Each recording, normalised by the normaliser of its group.
    private static func normalised(
        _ frames: [any FrameSource], by own: [String: Normaliser], in groups: [String]
    ) -> [any FrameSource] {
        zip(frames, groups).map { frames, group in own[group].map { NormalisedFrames(frames, by: $0) } ?? frames }
    }

    private static func statistics(_ frames: [any FrameSource]) throws(FrameError) -> FeatureStatistics {
        var statistics = FeatureStatistics(width: frames.first?.columns ?? 0)
        for source in frames { statistics.add(try source.frames()) }
        return statistics
    }
}

extension Matrix {
    /// Rows, columns and elements, for another process of the same program.
    fileprivate var bytes: [UInt8] {
        [UInt8](number: rows) + [UInt8](number: columns) + elements.withUnsafeBytes { Array($0) }
    }

    fileprivate init(bytes: [UInt8]) {
        self.init(
            rows: bytes.number(at: 0), columns: bytes.number(at: 4),
            elements: bytes.withUnsafeBytes { bytes in
                stride(from: 8, to: bytes.count, by: MemoryLayout<Float>.size).map {
                    bytes.loadUnaligned(fromByteOffset: $0, as: Float.self)
                }
            })
    }
}
