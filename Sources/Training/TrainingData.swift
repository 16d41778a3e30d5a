import StimmungCorpora
import StimmungFeatures
import StimmungNetworks
import StimmungTensors

/// A corpus with features and labels: what systems are trained and tested on. Utterances are named by their place in the corpus.
package struct TrainingData: Sendable {
    package let corpus: Corpus
    /// The number of each utterance's class.
    package let labels: [Int]
    private let classes: LabelSet
    private let features: CorpusFeatures
    private let normalisation: Normalisation
    /// The normalised features, where they are the same for all training utterances.
    private let shared: CorpusFeatures.Normalised?

    /// - Throws: `CorpusError` where an utterance has a label that is not among the classes, and `FrameError`.
    package init(_ corpus: Corpus, classes: LabelSet, features: CorpusFeatures, normalisation: Normalisation) throws {
        self.corpus = corpus
        labels = try corpus.targets(classes: classes)
        self.classes = classes
        self.features = features
        self.normalisation = normalisation
        let dependsOnTraining = normalisation.isOfTraining || normalisation == .speaker && features.hasSmallSpeakers
        shared = dependsOnTraining ? nil : try features.normalised(normalisation, training: [])
    }

    /// The features, normalised for systems that are trained on these utterances.
    package func normalised(training: [Int]) throws(FrameError) -> CorpusFeatures.Normalised {
        if let shared { return shared }
        return try features.normalised(normalisation, training: training)
    }

    /// The frames less the mean of each speaker's frames in these utterances.
    ///
    /// - Parameter frames: of all utterances of the corpus, normalised.
    func centred(_ frames: [any FrameSource], speakersOf utterances: [Int]) throws(FrameError) -> [any FrameSource] {
        try corpus.centred(frames, speakersOf: utterances)
    }

    /// Utterances with their labels.
    ///
    /// - Parameters:
    ///   - frames: of all utterances of the corpus.
    ///   - groups: what `groups` gives.
    func sequences(_ utterances: [Int], _ frames: [any FrameSource], _ groups: [String: SequenceGroup]) -> [LabelledSequence] {
        utterances.map { index in
            let utterance = corpus.utterances[index]
            return LabelledSequence(
                frames: frames[index], label: labels[index], name: utterance.file, group: groups[corpus.part(of: utterance)])
        }
    }

    /// The corpora that are trained on, with the classes that their training utterances have; none for a single one.
    ///
    /// - Parameter training: the training utterances.
    package func groups(training: [Int]) -> [String: SequenceGroup] {
        let groups = corpus.groups(of: training, labels: labels, classes: classes.labels.count)
        return groups.count > 1 ? groups : [:]
    }

    /// Divides utterances into parts without a common speaker, or where there is only one speaker into parts by utterance.
    ///
    /// - Returns: as many parts as there are speakers (or utterances), at most `count`.
    func parts(of utterances: [Int], count: Int, seed: UInt64) -> [[Int]] {
        let present = Set(utterances.map { corpus.utterances[$0].speaker }).sorted()
        var random = RandomSource(seed: seed)
        guard present.count > 1 else {
            let order = random.permutation(utterances.count).map { utterances[$0] }
            let parts = min(count, order.count)
            return (0..<parts).map { part in stride(from: part, to: order.count, by: parts).map { order[$0] }.sorted() }
        }
        let parts = min(count, present.count)
        let place = Dictionary(
            uniqueKeysWithValues: random.permutation(present.count).enumerated().map { (present[$0.element], $0.offset % parts) })
        return (0..<parts).map { part in utterances.filter { place[corpus.utterances[$0].speaker] == part } }
    }
}
