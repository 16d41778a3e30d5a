import StimmungTensors

/// Random splits, stratified by emotion. They mix speakers: figures from them are speaker-dependent.
extension Corpus {
    /// `count` random folds, each utterance tested once; every emotion, and the whole, is spread evenly (within one utterance).
    ///
    /// The utterances of each emotion are shuffled and dealt to the folds in turn, the next emotion going on where the last one
    /// stopped.
    ///
    /// - Parameter recordings: the number of the recording that each utterance is of; those of one recording lie in one fold. nil if each is of its own.
    /// - Throws: `tooFewUtterances` where there are fewer recordings than folds.
    package func randomFolds(_ count: Int, seed: UInt64, recordings: [Int]? = nil) throws(CorpusError) -> [Fold] {
        let recordings = recordings ?? Array(utterances.indices)
        var first: [Int: Int] = [:]
        for (index, recording) in recordings.enumerated() where first[recording] == nil { first[recording] = index }
        if first.count < max(2, count) { throw .tooFewUtterances(corpus: name, utterances: first.count, folds: count) }
        var foldOf: [Int: Int] = [:]
        for (position, index) in shuffledByEmotion(first.values.sorted(), seed: seed).enumerated() {
            foldOf[recordings[index]] = position % count
        }
        let part = recordings.map { foldOf[$0] }
        return (0..<count).map { number in
            Fold(
                name: "\(number + 1) of \(count)", train: utterances.indices.filter { part[$0] != number },
                test: utterances.indices.filter { part[$0] == number })
        }
    }

    /// The given utterances, emotion after emotion in alphabetical order, each emotion's in random order.
    func shuffledByEmotion(_ indices: [Int], seed: UInt64) -> [Int] {
        let byEmotion = Dictionary(grouping: indices) { utterances[$0].emotion }
        return byEmotion.keys.sorted().enumerated().flatMap { number, emotion in
            let members = byEmotion[emotion] ?? []
            var random = RandomSource(seed: seed).stream(number)
            return random.permutation(members.count).map { members[$0] }
        }
    }
}
