/// Two systems on the same test utterances, with the same seeds.
///
/// An utterance counts for the system that has it right with more of the seeds; where both have it right equally often it does not tell. If the
/// systems were equally good, either would be as likely to win an utterance, which is McNemar's test for one seed and the sign test for several.
///
/// Utterances count as independent. They are not quite: those of a speaker, or of a fold, share a network, so true p-values are larger.
public struct PairedComparison: Sendable, Equatable, Codable {
    /// Utterances that the first system has right more often.
    public let firstWins: Int
    /// Utterances that the second system has right more often.
    public let secondWins: Int
    /// Utterances that both have right equally often.
    public let ties: Int

    /// nil where the two were not tested on the same utterances with the same seeds.
    public init?(_ first: EvaluationRun, _ second: EvaluationRun) {
        let (a, b) = (Self.rightCounts(first.predictions), Self.rightCounts(second.predictions))
        guard first.figures.seeds == second.figures.seeds, first.figures.classes == second.figures.classes, !a.isEmpty, a.count == b.count
        else { return nil }
        var wins = (first: 0, second: 0, ties: 0)
        for (utterance, right) in a {
            guard let other = b[utterance] else { return nil }
            if right > other { wins.first += 1 } else if right < other { wins.second += 1 } else { wins.ties += 1 }
        }
        (firstWins, secondWins, ties) = (wins.first, wins.second, wins.ties)
    }

    /// Two-sided, exact.
    public var p: Double { McNemar.p(onlyFirstRight: firstWins, onlySecondRight: secondWins) }

    private struct Key: Hashable {
        let file: String
        let start: Double?
    }

    /// With how many seeds each utterance is right.
    private static func rightCounts(_ predictions: [TestedUtterance]) -> [Key: Int] {
        predictions.reduce(into: [:]) { $0[Key(file: $1.file, start: $1.start), default: 0] += $1.isRight ? 1 : 0 }
    }
}
