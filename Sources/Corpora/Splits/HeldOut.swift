import StimmungTensors

/// Material held out of the training part of a fold, for early stopping: no test utterance may choose an epoch.
extension Corpus {
    /// Holds `count` speakers out of `training`, chosen at random but alternating in gender where genders are known.
    ///
    /// - Parameters:
    ///   - count: how many speakers.
    ///   - training: indices of the training utterances of a fold.
    ///   - seed: of the choice.
    /// - Returns: the indices that remain for training, and those held out, both in rising order.
    /// - Throws: `noSpeakerToHoldOut` where no speaker would remain.
    package func holdingOutSpeakers(
        _ count: Int, of training: [Int], seed: UInt64
    ) throws(CorpusError) -> (train: [Int], heldOut: [Int]) {
        let present = Set(training.map { utterances[$0].speaker }).sorted(by: naturallyPrecedes)
        if count < 1 || count >= present.count { throw .noSpeakerToHoldOut(training: present, wanted: count) }
        let genders = Dictionary(training.map { (utterances[$0].speaker, utterances[$0].gender) }, uniquingKeysWith: { first, _ in first })
        var random = RandomSource(seed: seed)
        var candidates = random.permutation(present.count).map { present[$0] }
        var chosen: [String] = []
        while chosen.count < count {
            let last = chosen.last.flatMap { genders[$0] ?? nil }
            let next = candidates.firstIndex { last != nil && (genders[$0] ?? nil) != last } ?? 0
            chosen.append(candidates.remove(at: next))
        }
        let isOut = Set(chosen)
        return (
            training.filter { !isOut.contains(utterances[$0].speaker) }.sorted(),
            training.filter { isOut.contains(utterances[$0].speaker) }.sorted()
        )
    }

    /// As above with a share of the training speakers, rounded, at least one.
    package func holdingOutSpeakers(
        fraction: Double, of training: [Int], seed: UInt64
    ) throws(CorpusError) -> (train: [Int], heldOut: [Int]) {
        let speakers = Set(training.map { utterances[$0].speaker }).count
        return try holdingOutSpeakers(max(1, Int((fraction * Double(speakers)).rounded())), of: training, seed: seed)
    }
}
