import Foundation
import StimmungCorpora
import StimmungEvaluation
import StimmungTestSupport
import Testing

struct PairedComparisonTests {
    private let folder: TemporaryFolder
    private let corpus: Corpus

    init() throws {
        folder = try TemporaryFolder()
        corpus = try toneCorpus(in: folder)
    }

    private func result(epochs: Int, seeds: [UInt64]) throws -> EvaluationRun {
        var evaluation = Evaluation(recipe: smallRecipe(epochs: epochs), corpus: corpus, evaluationProtocol: .leaveOneSpeakerOut)
        evaluation.seeds = seeds
        return try evaluation.run()
    }

    @Test func countsAreThoseOfThePredictions() throws {
        let first = try result(epochs: 20, seeds: [1])
        let second = try result(epochs: 1, seeds: [1])
        let comparison = try #require(PairedComparison(first, second))
        let rights = zip(first.predictions, second.predictions).map { ($0.isRight, $1.isRight) }
        #expect(first.predictions.map(\.file) == second.predictions.map(\.file) && first.predictions.count == 24)
        #expect(comparison.firstWins == rights.count { $0.0 && !$0.1 } && comparison.secondWins == rights.count { !$0.0 && $0.1 })
        #expect(comparison.firstWins + comparison.secondWins + comparison.ties == 24 && comparison.firstWins > 0)
        #expect(comparison.p == McNemar.p(firstRight: rights.map(\.0), secondRight: rights.map(\.1)))
        let turned = try #require(PairedComparison(second, first))
        #expect(turned.firstWins == comparison.secondWins && turned.p == comparison.p)
    }

    /// Several seeds add no utterances: the counts are of 24 still, and a system does not differ from itself.
    @Test func seedsAreNoUtterances() throws {
        let several = try result(epochs: 2, seeds: [1, 2, 3])
        let comparison = try #require(PairedComparison(several, several))
        #expect(comparison.ties == 24 && comparison.p == 1)
        #expect(PairedComparison(several, try result(epochs: 2, seeds: [1])) == nil)
    }

    /// What the figures say can be counted from the predictions.
    @Test func predictionsGiveTheFigures() throws {
        let result = try result(epochs: 3, seeds: [4, 5])
        #expect(result.predictions.count == 48 && result.predictions.allSatisfy { abs($0.probabilities.reduce(0, +) - 1) < 1e-9 })
        let right = result.predictions.count { $0.isRight }
        #expect(try abs(Double(right) / 48 - #require(result.figures.wa)) < 1e-12 && result.reliability.count == 48)
        let loss = result.predictions.reduce(0) { $0 - log($1.probabilities[$1.truth]) } / 48
        #expect(try abs(loss - #require(result.figures.logLoss)) < 1e-9)
        #expect(result.learning.count == 8 && result.learning.allSatisfy { $0.epochs.map(\.epoch) == [1, 2, 3] })
        let lines = result.predictionsCSV.split(separator: "\n")
        #expect(lines[0] == "file,start,end,speaker,fold,seed,true,predicted,p_anger,p_neutral,p_sadness" && lines.count == 49)
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(result.predictionsJSON.utf8)) as? [[String: Any]])
        #expect(rows.count == 48 && rows[0]["true"] as? String == "anger" && rows[47]["seed"] as? Int == 5)
    }
}
