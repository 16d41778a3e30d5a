import StimmungTensors

/// Random splits, stratified by emotion. They mix speakers: figures from them are speaker-dependent.
extension Corpus {
    /// `count` random folds, each utterance tested once; every emotion, and the whole, is spread evenly (within one utterance).
    ///
    /// The utterances of each emotion are shuffled and dealt to the folds in turn, the next emotion going on where the last one
    /// stopped.
    ///
    /// - Throws: `tooFewUtterances` where there are fewer utterances than folds.
    package func randomFolds(_ count: Int, seed: UInt64) throws(CorpusError) -> [Fold] {
        if utterances.count < max(2, count) { throw .tooFewUtterances(corpus: name, utterances: utterances.count, folds: count) }
        var part = [Int](repeating: 0, count: utterances.count)
        for (position, index) in shuffledByEmotion(Array(utterances.indices), seed: seed).enumerated() {
            part[index] = position % count
        }
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
