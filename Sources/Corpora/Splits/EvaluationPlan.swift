import StimmungSupport

/// A protocol applied to a corpus: the utterances, the classes and the folds.
package struct EvaluationPlan: Sendable, Equatable {
    package let evaluationProtocol: EvaluationProtocol
    /// The utterances that the folds index. Holds both corpora where one trains and another tests.
    package let corpus: Corpus
    package let classes: LabelSet
    package let folds: [Fold]
    /// Labels of a cross-corpus evaluation that only one of its corpora has, so that nothing of them is trained or tested.
    package let leftOut: [LeftOutLabel]
    /// Findings about the data, for the figures: left-out labels, and what an evaluation adds about the corpus and its recordings.
    package var warnings: [CorpusWarning]
    /// What identifies the data: `corpus`, or where one trains and another tests both with their own speakers' names.
    package let sources: [Corpus]

    // More than five parameters: a memberwise initialiser.
    package init(
        evaluationProtocol: EvaluationProtocol, corpus: Corpus, classes: LabelSet, folds: [Fold], leftOut: [LeftOutLabel] = [],
        warnings: [CorpusWarning], sources: [Corpus]? = nil
    ) {
        self.evaluationProtocol = evaluationProtocol
        self.corpus = corpus
        self.classes = classes
        self.folds = folds
        self.leftOut = leftOut
        self.warnings = warnings
        self.sources = sources ?? [corpus]
    }

    /// Findings about the corpora, and recordings that appear under several speakers, in training and test above all.
    ///
    /// - Throws: `contradictoryLabels`
    package func findings(workers: Workers) throws(CorpusError) -> [CorpusWarning] {
        sources.flatMap { $0.warnings + $0.similarNames } + (try corpus.repeatedRecordings(workers: workers).checked(corpus.name))
    }

    /// Whether test speakers are heard in training too.
    package var isSpeakerDependent: Bool {
        switch evaluationProtocol {
        case .listedFolds, .official: break
        default: return evaluationProtocol.isSpeakerDependent
        }
        return folds.contains { fold in
            let trainers = Set(fold.train.map { corpus.utterances[$0].speaker })
            return fold.test.contains { trainers.contains(corpus.utterances[$0].speaker) }
        }
    }
}

extension EvaluationProtocol {
    /// Divides `corpus` by this protocol.
    ///
    /// - Parameters:
    ///   - corpus: what is divided; with `cross=PATH`, what is trained on.
    ///   - classes: the classes to keep, in the order in which a recogniser numbers them; all labels of the corpus where nil.
    ///   - synonyms: applied to the corpus of `cross=PATH`; `corpus` has had its own.
    ///   - audio: folder in which the recordings of the corpus of `cross=PATH` are searched; nil for none.
    ///   - seed: of the random parts of `random-folds`; the other protocols draw nothing.
    /// - Returns: the utterances of the classes, and the folds as indices into them.
    /// - Throws: what the splits throw, `unknownLabel` and `tooFewClasses`, and for `cross=PATH` what `Corpus.open` throws.
    package func plan(
        for corpus: Corpus, classes: LabelSet? = nil, synonyms: LabelSynonyms? = nil, audio: String? = nil, seed: UInt64
    ) throws(CorpusError) -> EvaluationPlan {
        if case .crossCorpus(let path) = self {
            let opened = try Corpus.open(path: path, CorpusReading(audio: audio))
            let testing = synonyms.map { $0.applied(to: opened) } ?? opened
            return try EvaluationPlan(training: corpus, testing: testing, classes: classes, evaluationProtocol: self)
        }
        if case .leaveOneCorpusOut = self { return try EvaluationPlan(leavingOutCorporaOf: corpus, classes: classes) }
        if case .listedFolds(let path) = self { return try EvaluationPlan(folds: FoldList(path: path), of: corpus, classes: classes) }
        let chosen = classes ?? corpus.labels
        let kept = try corpus.filtered(classes: chosen)
        let folds =
            switch self {
            case .leaveOneSpeakerOut: try kept.leaveOneSpeakerOut()
            case .speakerFolds(let count): try kept.speakerFolds(count)
            case .official: try kept.officialSplit()
            case .testSpeakers(let speakers): try kept.testSplit(speakers: speakers)
            case .randomFolds(let count): try kept.randomFolds(count, seed: seed)
            case .crossCorpus, .leaveOneCorpusOut, .listedFolds: [Fold]()
            }
        return EvaluationPlan(evaluationProtocol: self, corpus: kept, classes: chosen, folds: folds, warnings: [])
    }
}

/// A label that only one of the corpora of an evaluation across corpora has.
public struct LeftOutLabel: Sendable, Equatable, Hashable, Codable {
    /// Name of the corpus that has the label.
    public let corpus: String
    /// The label.
    public let label: String
    /// Number of utterances with this label.
    public let utterances: Int

    package init(corpus: String, label: String, utterances: Int) {
        self.corpus = corpus
        self.label = label
        self.utterances = utterances
    }

    /// The label of some of a corpus's utterances.
    init(_ label: String, of utterances: [Utterance], in corpus: String) {
        self.init(corpus: corpus, label: label, utterances: utterances.count { $0.emotion == label })
    }

    /// One warning for all left-out labels, with the number of utterances of each; none without such labels.
    static func warnings(_ labels: [LeftOutLabel]) -> [CorpusWarning] {
        guard !labels.isEmpty else { return [] }
        let utterances = labels.reduce(0) { $0 + $1.utterances }
        let corpora = labels.map(\.corpus).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        let list = corpora.map { corpus in
            "\(corpus): " + labels.filter { $0.corpus == corpus }.map { "\($0.label) (\($0.utterances))" }.joined(separator: ", ")
        }
        return [
            CorpusWarning(.leftOutLabels, labels.map { "\($0.corpus): \($0.label)" }) { _ in
                "labels of only one of the corpora are left out, with their \(utterances) utterances: \(list.joined(separator: "; "))."
            }
        ]
    }
}

extension EvaluationPlan {
    /// One corpus trains, another tests, on the classes both hold (or those of `classes`, which both must hold).
    ///
    /// Speakers of the joined corpus are named `corpus/speaker`, since two corpora may both have a speaker `03`.
    ///
    /// - Throws: `noSharedClasses`, `unknownLabel`, `tooFewClasses`, and `invalidProtocol` where both hold the same file.
    package init(
        training: Corpus, testing: Corpus, classes: LabelSet? = nil, evaluationProtocol: EvaluationProtocol
    ) throws(CorpusError) {
        let shared = classes ?? training.labels.intersection(testing.labels)
        if shared.count < 2 {
            throw .noSharedClasses(
                first: training.name, firstLabels: training.labels.labels, second: testing.name, secondLabels: testing.labels.labels)
        }
        let train = try training.filtered(classes: shared)
        let test = try testing.filtered(classes: shared)
        if let file = test.file(sharedWith: train) {
            throw .invalidProtocol(text: "\(evaluationProtocol)", reason: "both corpora hold the file \"\(file)\"")
        }
        // Two manifests may have one name; the roles part them.
        let names = training.parts.contains(test.name) ? (train.name + " (training)", test.name + " (test)") : (train.name, test.name)
        let joined = train.asPart(named: names.0).followed(by: test.asPart(named: names.1), name: "\(names.0) → \(names.1)")
        let trained = train.utterances.count
        // Whoever names the classes knows what is left out.
        let sides = classes == nil ? Array(zip([training, testing], [names.0, names.1])) : []
        let leftOut = sides.flatMap { corpus, name in
            corpus.labels.labels.filter { !shared.contains($0) }.map { LeftOutLabel($0, of: corpus.utterances, in: name) }
        }
        self.init(
            evaluationProtocol: evaluationProtocol, corpus: joined, classes: shared,
            folds: [
                Fold(name: names.1, train: Array(0..<trained), test: Array(trained..<joined.utterances.count))
            ], leftOut: leftOut, warnings: LeftOutLabel.warnings(leftOut), sources: [train, test])
    }
}

/// One division of a corpus into training and test material, as indices into its utterances, each list in rising order.
package struct Fold: Sendable, Equatable, Codable {
    /// What is tested, for reports: the test speakers or the number of the fold.
    package let name: String
    package let train: [Int]
    package let test: [Int]

    package init(name: String, train: [Int], test: [Int]) {
        self.name = name
        self.train = train
        self.test = test
    }
}
