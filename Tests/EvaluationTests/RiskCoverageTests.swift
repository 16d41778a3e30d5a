import StimmungEvaluation
import StimmungTensors
import Testing

struct RiskCoverageTests {
    private typealias Decisions = [(confidence: Double, isRight: Bool)]

    private func curve(_ decisions: Decisions) throws -> RiskCoverage { try #require(RiskCoverage(decisions)) }

    /// The definitions, decision by decision.
    private func area(_ decisions: Decisions) -> Double {
        decisions.reduce(0) { sum, decision in
            let answered = decisions.filter { $0.confidence >= decision.confidence }
            return sum + Double(answered.count { !$0.isRight }) / Double(answered.count)
        } / Double(decisions.count)
    }

    /// The mean over many random orders of decisions of equal confidence.
    private func accuracy(_ decisions: Decisions, at coverage: Double, _ random: inout RandomSource) -> Double {
        let orders = 4000
        let answered = Int((coverage * Double(decisions.count)).rounded())
        return (0..<orders).reduce(0) { sum, _ in
            let keyed = decisions.map { ($0, random.uniform(in: 0..<1)) }
            let sorted = keyed.sorted { ($0.0.confidence, $0.1) > ($1.0.confidence, $1.1) }
            return sum + Double(sorted.prefix(answered).count { $0.0.isRight }) / Double(answered)
        } / Double(orders)
    }

    @Test func aSlowReferenceAgrees() throws {
        var random = RandomSource(seed: 3)
        for size in [1, 2, 10, 40] {
            let decisions = (0..<size).map { _ in
                (confidence: Double(random.index(below: 8)) / 8, isRight: random.uniform(in: 0..<1) < 0.7)
            }
            let curve = try curve(decisions)
            #expect(abs(curve.area - area(decisions)) < 1e-12)
            for point in curve.points {
                let answered = decisions.filter { $0.confidence >= point.confidence }
                #expect(point.coverage == Double(answered.count) / Double(size))
                #expect(point.risk == Double(answered.count { !$0.isRight }) / Double(answered.count))
            }
            #expect(curve.points.map(\.confidence) == Set(decisions.map(\.confidence)).sorted(by: >))
            guard size % 10 == 0 else { continue }
            #expect(abs(curve.accuracyAt80 - accuracy(decisions, at: 0.8, &random)) < 0.02)
            #expect(abs(curve.accuracyAt50 - accuracy(decisions, at: 0.5, &random)) < 0.02)
        }
    }

    /// All errors last: none among the first eight of ten, then 1/9 and 2/10.
    @Test func aPerfectOrderByHand() throws {
        let curve = try curve((0..<10).map { (confidence: 1 - 0.05 * Double($0), isRight: $0 < 8) })
        #expect(curve.accuracyAt80 == 1 && curve.accuracyAt50 == 1)
        #expect(abs(curve.area - (1.0 / 9 + 2.0 / 10) / 10) < 1e-12)
        #expect(curve.points.map(\.risk) == [0, 0, 0, 0, 0, 0, 0, 0, 1.0 / 9, 0.2] && curve.points.last?.coverage == 1)
    }

    /// The reverse order: the two errors are the most confident.
    @Test func theWorstOrderByHand() throws {
        let curve = try curve((0..<10).map { (confidence: 1 - 0.05 * Double($0), isRight: $0 >= 2) })
        #expect(abs(curve.accuracyAt80 - 0.75) < 1e-12 && abs(curve.accuracyAt50 - 0.6) < 1e-12)
        #expect(curve.points.first?.risk == 1)
    }

    /// Confidence that tells nothing: one point, and the accuracy of all at any coverage.
    @Test func equalConfidencesAreOnePoint() throws {
        let curve = try curve((0..<10).map { (confidence: 0.6, isRight: $0 % 4 != 0) })
        #expect(curve.points == (try self.curve((0..<10).map { (confidence: 0.6, isRight: $0 > 2) })).points && curve.points.count == 1)
        #expect(curve.points[0].coverage == 1 && abs(curve.points[0].risk - 0.3) < 1e-12 && abs(curve.area - 0.3) < 1e-12)
        #expect(abs(curve.accuracyAt80 - 0.7) < 1e-12 && abs(curve.accuracyAt50 - 0.7) < 1e-12)
    }

    @Test func longCurvesAreThinnedAndKeepTheirEnds() throws {
        let decisions = (0..<12_345).map { (confidence: Double($0) / 12_345, isRight: $0 % 3 != 0) }
        let curve = try curve(decisions)
        #expect(
            curve.points.count == 100 && curve.points.last?.coverage == 1 && curve.points.first?.confidence == decisions.last?.confidence)
        #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.coverage < $1.coverage && $1.coverage - $0.coverage < 0.011 })
        #expect(RiskCoverage([]) == nil)
    }
}
