import Corpora
import Features
import Synchronization
import Tensors

/// The features of every utterance of a corpus, before normalisation.
public struct CorpusFeatures: Sendable {
    /// Frames as rows, one matrix an utterance, in the corpus's order.
    public let frames: [Matrix]
    public let speakers: [String]

    /// Computes them, utterances side by side.
    ///
    /// - Parameter progress: called with the number of utterances done; from several threads, one at a time.
    /// - Throws: `FeatureError` for the first utterance that cannot be read.
    public init(
        of corpus: Corpus, options: FeatureOptions, workers: Workers, interruption: Interruption = Interruption(),
        progress: @Sendable (Int) -> Void = { _ in }
    ) throws {
        try options.validate()
        let done = Mutex(0)
        frames = try workers.map(corpus.utterances.count) { (index) throws -> Matrix in
            try interruption.check()
            let utterance = corpus.utterances[index]
            let frames = try FeatureFile.extract(path: utterance.file, start: utterance.start, end: utterance.end, options: options)
            done.withLock {
                $0 += 1
                progress($0)
            }
            return frames
        }
        speakers = corpus.utterances.map(\.speaker)
    }

    /// Features that are already at hand, with a speaker for each.
    public init(frames: [Matrix], speakers: [String]) {
        precondition(frames.count == speakers.count, "\(frames.count) utterances of \(speakers.count) speakers")
        self.frames = frames
        self.speakers = speakers
    }

    /// All utterances brought to mean 0 and deviation 1 of what `normalisation` names, and, for `train`, the normaliser of the training data.
    ///
    /// `speaker` takes the statistics of all recordings of a speaker, of test speakers too: without labels, but figures from it must say so.
    ///
    /// - Parameter training: the utterances that `train` takes its statistics from.
    package func normalised(_ normalisation: Normalisation, training: [Int]) -> (frames: [Matrix], normaliser: Normaliser?) {
        switch normalisation {
        case .none:
            return (frames, nil)
        case .train:
            let normaliser = normaliser(of: training)
            return (frames.map { apply(normaliser, to: $0) }, normaliser)
        case .utterance:
            return (frames.indices.map { apply(normaliser(of: [$0]), to: frames[$0]) }, nil)
        case .speaker:
            let own = Dictionary(grouping: frames.indices) { speakers[$0] }.mapValues(normaliser)
            return (zip(frames, speakers).map { frames, speaker in own[speaker].map { apply($0, to: frames) } ?? frames }, nil)
        }
    }

    private func normaliser(of utterances: [Int]) -> Normaliser {
        var statistics = FeatureStatistics(width: frames.first?.columns ?? 0)
        for index in utterances { statistics.add(frames[index]) }
        return Normaliser(statistics)
    }

    private func apply(_ normaliser: Normaliser, to frames: Matrix) -> Matrix {
        var copy = frames
        normaliser.apply(to: &copy)
        return copy
    }
}
