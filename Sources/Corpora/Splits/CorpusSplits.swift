/// Splits along corpora: each of several joined corpora is tested once, and the others train.
extension EvaluationPlan {
    /// A fold for each part of a joined corpus, in their order, on the labels that at least two parts hold (or those of `classes`).
    ///
    /// Utterances of a class that no training corpus of their fold has are left out of the test, with a warning. They train in the other folds.
    ///
    /// - Throws: `singleCorpus`, `noCommonClasses`, `unknownLabel`, `tooFewClasses`.
    init(leavingOutCorporaOf corpus: Corpus, classes: LabelSet?) throws(CorpusError) {
        let parts = corpus.parts
        guard parts.count > 1 else { throw .singleCorpus(corpus: corpus.name) }
        let own = Dictionary(grouping: corpus.utterances) { corpus.part(of: $0) }
        let labels = own.mapValues { Set($0.map(\.emotion)) }
        func holders(_ label: String) -> [String] { parts.filter { labels[$0]?.contains(label) == true } }
        let chosen = classes ?? LabelSet(corpus.labels.labels.filter { holders($0).count > 1 })
        if classes == nil, chosen.count < 2 { throw .noCommonClasses(corpora: parts) }
        let kept = try corpus.filtered(classes: chosen)
        let folds = parts.map { part in
            let isOwn = kept.utterances.map { kept.part(of: $0) == part }
            let all = kept.utterances.indices
            return Fold(
                name: part, train: all.filter { !isOwn[$0] },
                test: all.filter { isOwn[$0] && holders(kept.utterances[$0].emotion) != [part] })
        }
        let leftOut = parts.flatMap { part in
            (classes ?? corpus.labels).labels.filter { holders($0) == [part] }.map { LeftOutLabel($0, of: own[part] ?? [], in: part) }
        }
        self.init(
            evaluationProtocol: .leaveOneCorpusOut, corpus: kept, classes: chosen, folds: folds, leftOut: leftOut,
            warnings: LeftOutLabel.warnings(leftOut))
    }
}
