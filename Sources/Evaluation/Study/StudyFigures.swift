import StimmungSupport

/// The figures of a study, in the form that `stimmung study --json` writes.
package struct StudyFigures: Sendable, Equatable, Codable {
    /// How a system does against the study's reference.
    package struct Comparison: Sendable, Equatable, Codable {
        /// What it is compared with.
        package let system: String
        /// Utterances that this system has right with more of the seeds, that the other has, and those that do not tell.
        package let wins: Int
        package let losses: Int
        package let ties: Int
        /// Of McNemar's exact test (of the sign test with several seeds), two-sided; utterances count as independent.
        package let p: Double
    }

    /// One system by one split.
    package struct SystemResult: Sendable, Equatable, Codable {
        package let system: String
        /// What the study prints, in 0 … 1; nil where it prints nothing, or the split is not one of its own.
        package let printed: Double?
        /// nil where the system failed.
        package let figures: EvaluationFigures?
        package let failure: String?
        /// nil for the reference itself, and where one of the two failed.
        package let against: Comparison?
        /// Seconds of all folds added up, those of an earlier run too; folds run side by side. nil where the system failed.
        package let foldSeconds: Double?

        private enum CodingKeys: String, CodingKey {
            case system, printed, figures, failure, against
            case foldSeconds = "fold_seconds"
        }
    }

    package struct SplitResult: Sendable, Equatable, Codable {
        package let name: String
        package let title: String
        package let evaluationProtocol: String
        package let speakerDependent: Bool
        package let classes: [String]
        /// In the study's order.
        package let systems: [SystemResult]

        private enum CodingKeys: String, CodingKey {
            case name, title, classes, systems
            case evaluationProtocol = "protocol"
            case speakerDependent = "speaker_dependent"
        }
    }

    package let version: String
    package let corpus: String
    package let utterances: Int
    package let speakers: Int
    package let seeds: [UInt64]
    package let splits: [SplitResult]
    /// Why there are fewer splits than usual.
    package let leftOut: [String]

    private enum CodingKeys: String, CodingKey {
        case version, corpus, utterances, speakers, seeds, splits
        case leftOut = "left_out"
    }

    init(_ study: Study, _ outcomes: [StudyOutcome]) {
        version = stimmungVersion
        corpus = study.corpus.name
        utterances = study.corpus.utterances.count
        speakers = study.corpus.speakers.count
        seeds = study.seeds
        leftOut = study.leftOut
        splits = study.splits.map { split in
            let own = outcomes.filter { $0.split == split }
            let reference = own.first { $0.system == StudySystems.reference }.flatMap { try? $0.result.get() }
            return SplitResult(
                name: split.name, title: split.title, evaluationProtocol: split.evaluationProtocol.description,
                speakerDependent: split.evaluationProtocol.isSpeakerDependent, classes: split.classes.labels,
                systems: own.map { Self.system($0, reference) })
        }
    }

    private static func system(_ outcome: StudyOutcome, _ reference: EvaluationRun?) -> SystemResult {
        let printed = outcome.split.isOfTheStudy ? StudySystems.printed[outcome.system].map { $0 / 100 } : nil
        switch outcome.result {
        case .failure(let failure):
            return SystemResult(
                system: outcome.system, printed: printed, figures: nil, failure: "\(failure)", against: nil, foldSeconds: nil)
        case .success(let result):
            let comparison = reference.flatMap { outcome.system == StudySystems.reference ? nil : PairedComparison(result, $0) }
            return SystemResult(
                system: outcome.system, printed: printed, figures: result.figures, failure: nil,
                against: comparison.map {
                    Comparison(system: StudySystems.reference, wins: $0.firstWins, losses: $0.secondWins, ties: $0.ties, p: $0.p)
                }, foldSeconds: result.foldSeconds)
        }
    }

    /// Findings about the data, each once.
    package var warnings: [String] {
        let all = splits.flatMap { $0.systems.flatMap { $0.figures?.warnings ?? [] } }
        return all.map(\.message).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Every system's failure, with its split.
    package var failures: [String] {
        splits.flatMap { split in split.systems.compactMap { system in system.failure.map { "\(system.system), \(split.title): \($0)" } } }
    }
}

/// A finished study: its figures, and the evaluations that they are of.
package struct StudyRun: Sendable {
    package let figures: StudyFigures
    private let outcomes: [StudyOutcome]

    init(_ study: Study, _ outcomes: [StudyOutcome]) {
        figures = StudyFigures(study, outcomes)
        self.outcomes = outcomes
    }

    /// The evaluation of a system by the split with a name; nil where it failed.
    package func evaluation(of system: String, split name: String) -> EvaluationRun? {
        outcomes.first { $0.system == system && $0.split.name == name }.flatMap { try? $0.result.get() }
    }
}
