import Foundation
import Stimmung
import StimmungTensors
import Testing

struct PoolingTests {
    /// Two frames for the first class, one that excludes it: it wins the vote and loses the product.
    private let logs = Matrix(rows: 3, columns: 2, elements: [0.9, 0.1, 0.9, 0.1, 1e-9, 1 - 1e-9].map { Float(log($0)) })

    @Test func logPosteriorsMultiplyAndPosteriorsVote() {
        var product = Pooling(.logPosteriors, classes: 2)
        var vote = Pooling(.posteriors, classes: 2)
        product.add(logs)
        vote.add(logs)
        #expect(product.decided == 1 && vote.decided == 0)
        #expect(abs(vote.probabilities[0] - 0.6) < 1e-6)
        // exp((2 ln 0.9 + ln 1e-9) / 3) against exp(2 ln 0.1 / 3)
        let (first, second) = (exp((2 * log(0.9) + log(1e-9)) / 3), exp(2 * log(0.1) / 3))
        #expect(abs(product.probabilities[0] - first / (first + second)) < 1e-6)
        #expect(product.frames == 3 && vote.frames == 3)
    }

    @Test(arguments: Decision.allCases) func partsMergeToTheWhole(decision: Decision) {
        var random = RandomSource(seed: 3)
        var logs = Matrix(rows: 50, columns: 4, elements: (0..<200).map { _ in 3 * random.normal() })
        for row in 0..<50 {
            let total = Float(log(logs.row(row).reduce(0.0) { $0 + exp(Double($1)) }))
            for column in 0..<4 { logs[row, column] -= total }
        }
        var whole = Pooling(decision, classes: 4)
        whole.add(logs)
        var parts = Pooling(decision, classes: 4)
        parts.add(logs, rows: 0..<13)
        var rest = Pooling(decision, classes: 4)
        rest.add(logs, rows: 13..<13)
        rest.add(logs, rows: 13..<50)
        parts.merge(rest)
        #expect(parts.frames == 50)
        #expect(zip(parts.probabilities, whole.probabilities).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(abs(whole.probabilities.reduce(0, +) - 1) < 1e-12)
        #expect(whole.probabilities[whole.decided] == whole.probabilities.max())
    }

    /// An hour of frames that are all but sure must not run out of the numbers' range.
    @Test(arguments: Decision.allCases) func manySureFramesStayADistribution(decision: Decision) {
        let frame: [Float] = [-1e-6, -50, -80]
        let logs = Matrix(rows: 10_000, columns: 3, elements: (0..<10_000).flatMap { _ in frame })
        var pooling = Pooling(decision, classes: 3)
        for _ in 0..<36 { pooling.add(logs) }
        #expect(pooling.decided == 0 && abs(pooling.probabilities[0] - 1) < 1e-5)
    }

    @Test(arguments: Decision.allCases) func withoutFramesAllClassesAreEqual(decision: Decision) {
        let pooling = Pooling(decision, classes: 4)
        #expect(pooling.probabilities == [0.25, 0.25, 0.25, 0.25] && pooling.decided == 0)
    }
}
