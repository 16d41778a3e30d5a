import Foundation
import StimmungEvaluation
import Testing

struct ProbabilityScoresTests {
    @Test func byHand() throws {
        var scores = ProbabilityScores()
        scores.add([0.7, 0.2, 0.1], truth: 0)
        scores.add([0.5, 0.25, 0.25], truth: 2)
        #expect(abs(try #require(scores.logLoss) - (-log(0.7) - log(0.25)) / 2) < 1e-12)
        // (0.3² + 0.2² + 0.1²) and (0.5² + 0.25² + 0.75²)
        #expect(abs(try #require(scores.brier) - (0.14 + 0.875) / 2) < 1e-12)
    }

    @Test func certaintyIsBestAndWorst() {
        var right = ProbabilityScores()
        right.add([0, 1], truth: 1)
        #expect(right.logLoss == 0 && right.brier == 0)
        var wrong = ProbabilityScores()
        wrong.add([0, 1], truth: 0)
        #expect(wrong.brier == 2 && abs((wrong.logLoss ?? 0) + log(ProbabilityScores.smallestProbability)) < 1e-12)
    }

    @Test func nothingHasNoScore() {
        #expect(ProbabilityScores().logLoss == nil && ProbabilityScores().brier == nil)
        #expect(Reliability().expectedCalibrationError == nil && Reliability().overconfidence == nil)
    }

    /// Four decisions in (0.8, 1] with confidences 0.9, three right; one in (0.4, 0.6] with 0.5, wrong:
    /// ECE = 4/5 · |0.75 − 0.9| + 1/5 · |0 − 0.5|.
    @Test func calibrationErrorByHand() throws {
        var reliability = Reliability(bins: 5)
        for isRight in [true, true, true, false] { reliability.add(confidence: 0.9, isRight: isRight) }
        reliability.add(confidence: 0.5, isRight: false)
        #expect(abs(try #require(reliability.expectedCalibrationError) - 0.22) < 1e-12)
        #expect(abs(try #require(reliability.overconfidence) - 0.22) < 1e-12)
        #expect(reliability.bins.map(\.count) == [0, 0, 1, 0, 4] && reliability.bins[4].correct == 3 && reliability.count == 5)
        #expect(reliability.bins[4].accuracy == 0.75 && reliability.bins[0].accuracy == nil)
    }

    /// A bin holds its upper end; 0 and 1 have a place.
    @Test func endsOfBins() {
        var reliability = Reliability(bins: 4)
        for confidence in [0, 0.25, 0.5, 0.500001, 1] { reliability.add(confidence: confidence, isRight: true) }
        #expect(reliability.bins.map(\.count) == [2, 1, 1, 1])
    }

    @Test func honestConfidencesHaveNoError() throws {
        var reliability = Reliability()
        for number in 0..<10 { reliability.add(confidence: 0.7, isRight: number < 7) }
        #expect(try #require(reliability.expectedCalibrationError) < 1e-12)
    }
}
