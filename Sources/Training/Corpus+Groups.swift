import StimmungCorpora
import StimmungFeatures
import StimmungNetworks
import StimmungTensors

extension Corpus {
    /// The corpora that this one joins, by name, with the classes that some utterances of each have.
    ///
    /// - Parameters:
    ///   - utterances: corpora without any of them are left out.
    ///   - labels: the number of each utterance's class.
    ///   - classes: number of classes.
    func groups(of utterances: [Int], labels: [Int], classes: Int) -> [String: SequenceGroup] {
        var present: [String: Set<Int>] = [:]
        for index in utterances { present[part(of: self.utterances[index]), default: []].insert(labels[index]) }
        return Dictionary(
            uniqueKeysWithValues: parts.filter { present[$0] != nil }.enumerated().map { number, part in
                (part, SequenceGroup(number: number, hasClass: (0..<classes).map { present[part]?.contains($0) == true }))
            })
    }

    /// The frames less the mean of each speaker's frames in some utterances.
    ///
    /// - Parameters:
    ///   - frames: of all utterances.
    ///   - utterances: the frames of the others are returned as they are.
    func centred(_ frames: [any FrameSource], speakersOf utterances: [Int]) throws(FrameError) -> [any FrameSource] {
        var centred = frames
        for own in Dictionary(grouping: utterances, by: { self.utterances[$0].speaker }).values {
            var statistics = FeatureStatistics(width: frames[own[0]].columns)
            for index in own { statistics.add(try frames[index].frames()) }
            let centre = Normaliser(mean: statistics.mean, deviation: statistics.mean.map { _ in 1 })
            for index in own { centred[index] = NormalisedFrames(frames[index], by: centre) }
        }
        return centred
    }

    /// Some utterances by their speakers, in the order of the speakers' names.
    func bySpeaker(_ utterances: [Int]) -> [[Int]] {
        Dictionary(grouping: utterances) { self.utterances[$0].speaker }.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension SequenceGroup {
    /// What is judged of an utterance of this corpus: the probabilities of the classes that the corpus has, and the place of the true one among them.
    ///
    /// A class that the corpus lacks cannot be right, so it must not make the others look less certain than they are.
    func judgement(_ probabilities: [Double], label: Int) -> (probabilities: [Double], label: Int) {
        guard hasClass.contains(false) else { return (probabilities, label) }
        let kept = probabilities.indices.filter { hasClass[$0] || $0 == label }
        let total = kept.reduce(0) { $0 + probabilities[$1] }
        guard total > 0 else { return (probabilities, label) }
        return (kept.map { probabilities[$0] / total }, kept.firstIndex(of: label) ?? 0)
    }
}
