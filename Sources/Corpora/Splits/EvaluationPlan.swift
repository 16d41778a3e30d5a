import StimmungSupport

/// A protocol applied to a corpus: the utterances, the classes and the folds.
package struct EvaluationPlan: Sendable, Equatable {
    package let evaluationProtocol: EvaluationProtocol
    /// The utterances that the folds index. Holds both corpora where one trains and another tests.
    package let corpus: Corpus
    package let classes: LabelSet
    package let folds: [Fold]

    package var isSpeakerDependent: Bool { evaluationProtocol.isSpeakerDependent }
}

extension EvaluationProtocol {
    /// Divides `corpus` by this protocol.
    ///
    /// - Parameters:
    ///   - corpus: what is divided; with `cross=PATH`, what is trained on.
    ///   - classes: the classes to keep, in the order in which a recogniser numbers them; all labels of the corpus where nil.
    ///   - seed: of the random parts of `random-folds`; the other protocols draw nothing.
    /// - Returns: the utterances of the classes, and the folds as indices into them.
    /// - Throws: what the splits throw, `unknownLabel` and `tooFewClasses`, and for `cross=PATH` what `Corpus.open` throws.
    package func plan(for corpus: Corpus, classes: LabelSet? = nil, seed: UInt64) throws(CorpusError) -> EvaluationPlan {
        if case .crossCorpus(let path) = self {
            return try EvaluationPlan(training: corpus, testing: Corpus.open(path: path), classes: classes, evaluationProtocol: self)
        }
        let chosen = classes ?? corpus.labels
        let kept = try corpus.filtered(classes: chosen)
        let folds =
            switch self {
            case .leaveOneSpeakerOut: try kept.leaveOneSpeakerOut()
            case .speakerFolds(let count): try kept.speakerFolds(count)
            case .official: try kept.officialSplit()
            case .testSpeakers(let speakers): try kept.testSplit(speakers: speakers)
            case .randomFolds(let count): try kept.randomFolds(count, seed: seed)
            case .crossCorpus: [Fold]()
            }
        return EvaluationPlan(evaluationProtocol: self, corpus: kept, classes: chosen, folds: folds)
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
        let trained = Set(train.utterances.map { PathKey($0.file) })
        if let both = test.utterances.first(where: { trained.contains(PathKey($0.file)) }) {
            throw .invalidProtocol(text: "\(evaluationProtocol)", reason: "both corpora hold the file \"\(both.file)\"")
        }
        // Two manifests may have one name; the roles part them.
        let names = train.name == test.name ? (train.name + " (training)", test.name + " (test)") : (train.name, test.name)
        func renamed(_ corpus: Corpus, _ name: String) -> [Utterance] {
            corpus.utterances.map { utterance in
                var copy = utterance
                copy.speaker = name + "/" + utterance.speaker
                return copy
            }
        }
        let joined = Corpus(
            name: "\(names.0) → \(names.1)", root: train.root, utterances: renamed(train, names.0) + renamed(test, names.1),
            skipped: train.skipped + test.skipped)
        let isTest = joined.utterances.map { $0.speaker.hasPrefix(names.1 + "/") }
        self.init(
            evaluationProtocol: evaluationProtocol, corpus: joined, classes: shared,
            folds: [
                Fold(
                    name: names.1, train: joined.utterances.indices.filter { !isTest[$0] },
                    test: joined.utterances.indices.filter { isTest[$0] })
            ])
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
