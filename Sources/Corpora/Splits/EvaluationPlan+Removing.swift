/// Plans without utterances that cannot be used. Folds stay what they were, without them.
extension EvaluationPlan {
    /// This plan without some utterances.
    ///
    /// - Parameter utterances: their places in the corpus, in rising order.
    package func removing(_ utterances: [Int]) -> EvaluationPlan {
        guard !utterances.isEmpty else { return self }
        let removed = Set(utterances)
        let kept = corpus.utterances.indices.filter { !removed.contains($0) }.map { corpus.utterances[$0] }
        return EvaluationPlan(
            evaluationProtocol: evaluationProtocol, corpus: corpus.with(kept), classes: classes,
            folds: folds.map { $0.removing(utterances) },
            leftOut: leftOut, warnings: warnings, sources: sources)
    }
}

extension Fold {
    /// This fold in a corpus without some utterances.
    ///
    /// - Parameter utterances: their places in the corpus before, in rising order.
    package func removing(_ utterances: [Int]) -> Fold {
        guard !utterances.isEmpty else { return self }
        let removed = Set(utterances)
        func places(_ indices: [Int]) -> [Int] {
            // Both lists rise, so that one walk along them counts how many were removed before each.
            var before = 0
            return indices.compactMap { index in
                while before < utterances.count, utterances[before] < index { before += 1 }
                return removed.contains(index) ? nil : index - before
            }
        }
        return Fold(name: name, train: places(train), test: places(test))
    }
}
