import StimmungSupport

/// Splits by lists of files, for figures that compare with those of other programs.
extension EvaluationPlan {
    /// The folds of a list. Listed paths need not exist: a recording is found by the end of its path.
    ///
    /// Recordings that no fold names are left out, with a warning.
    ///
    /// - Throws: `invalidFormat` if a listed file is not in the corpus, may be any of several recordings, or is in the training and the test of
    ///   one fold; `unknownLabel`, `tooFewClasses`.
    init(folds list: FoldList, of corpus: Corpus, classes: LabelSet?) throws(CorpusError) {
        func invalid(_ file: String, _ reason: String) -> CorpusError {
            .invalidFormat(file: file, format: "list of folds of \(corpus.name)", reason: reason)
        }
        let endings = PathEndings(corpus.utterances.map(\.file))
        var absent: [FoldList.Entry] = []
        func files(_ entries: [FoldList.Entry]) throws(CorpusError) -> [PathKey: FoldList.Entry] {
            var files: [PathKey: FoldList.Entry] = [:]
            for entry in entries {
                switch endings.match(entry.file) {
                case .none: absent.append(entry)
                case .one(let path): files[PathKey(path)] = entry
                case .several(let paths):
                    throw invalid(
                        entry.list, "line \(entry.line) names \"\(entry.file)\", which may be \(paths.joined(separator: " or "))")
                }
            }
            return files
        }
        var parts: [(name: String, train: [PathKey: FoldList.Entry], test: [PathKey: FoldList.Entry])] = []
        for fold in list.folds {
            let (train, test) = (try files(fold.train), try files(fold.test))
            if let (file, entry) = test.filter({ train[$0.key] != nil }).min(by: { $0.key < $1.key }) {
                throw invalid(entry.list, "\"\(file.path)\" is in both the training and the test of fold \(fold.name)")
            }
            parts.append((fold.name, train, test))
        }
        if let first = absent.first {
            let more = Set(absent.map(\.file)).count - 1
            throw invalid(
                first.list,
                "line \(first.line) names \"\(first.file)\"\(more > 0 ? " (and other lines \(more) more)" : ""), which the corpus does not contain"
            )
        }
        let listed = parts.reduce(into: Set<PathKey>()) { $0.formUnion(Set($1.train.keys).union($1.test.keys)) }
        let unlisted = corpus.utterances.filter { !listed.contains(PathKey($0.file)) }
        let all = corpus.with(corpus.utterances.filter { listed.contains(PathKey($0.file)) })
        let chosen = classes ?? all.labels
        let kept = try all.filtered(classes: chosen)
        let folds = parts.map { part in
            func places(_ files: [PathKey: FoldList.Entry]) -> [Int] {
                kept.utterances.indices.filter { files[PathKey(kept.utterances[$0].file)] != nil }
            }
            return Fold(name: part.name, train: places(part.train), test: places(part.test))
        }
        if let empty = folds.first(where: { $0.train.isEmpty || $0.test.isEmpty }) {
            throw invalid(
                list.path, "fold \(empty.name) has no recording of the classes for \(empty.train.isEmpty ? "training" : "the test")")
        }
        let warning = CorpusWarning(.unlistedRecordings, unlisted.map(\.file)) {
            "\(list.path) leaves out \(counted(unlisted.count, "utterance")) of \(corpus.name): \($0)."
        }
        self.init(
            evaluationProtocol: .listedFolds(path: list.path), corpus: kept, classes: chosen, folds: folds,
            warnings: unlisted.isEmpty ? [] : [warning])
    }
}
