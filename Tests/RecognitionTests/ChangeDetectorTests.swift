import Foundation
import Stimmung
import StimmungTensors
import Testing

struct ChangeDetectorTests {
    private func changes(_ scores: [[Float]], penalty: Float, latest: Int = 1000) -> [Int] {
        var detector = ChangeDetector(classes: scores[0].count, penalty: penalty, latest: latest)
        return scores.flatMap { detector.push($0) } + detector.finish()
    }

    /// Steps of one class after another, each with this advantage over the others.
    private func steps(_ classes: [(label: Int, steps: Int)], advantage: Float = 1) -> [[Float]] {
        classes.flatMap { entry in Array(repeating: (0..<3).map { $0 == entry.label ? 0 : -advantage }, count: entry.steps) }
    }

    @Test func aChangeOfClassIsFoundWhereItHappens() {
        #expect(changes(steps([(0, 10), (2, 8), (1, 6)]), penalty: 3) == [10, 18])
        #expect(changes(steps([(1, 12)]), penalty: 3) == [])
    }

    @Test func whatThePenaltyOutweighsIsNoChange() {
        // Two steps of another class would cost two changes of 3 for a gain of 2.
        #expect(changes(steps([(0, 10), (1, 2), (0, 10)]), penalty: 3) == [])
        #expect(changes(steps([(0, 10), (1, 7), (0, 10)]), penalty: 3) == [10, 17])
    }

    @Test func noChangeIsRuledOutOnlyWhereThereIsNone() {
        var (ruledOut, withChanges) = (0, 0)
        for seed in 0..<600 {
            var random = RandomSource(seed: UInt64(seed))
            let count = 1 + random.index(below: 12)
            // Steps of one class, of several, and without preference; scores are within a range of 1.
            let scores = (0..<count).map { step in
                (0..<3).map {
                    $0 == (seed % 3 == 0 ? step * 2 / count : 0)
                        ? random.uniform(in: -0.2..<0) : random.uniform(in: -1..<(seed % 2 == 0 ? -0.8 : 0))
                }
            }
            let known = scores.map { random.index(below: 3) > 0 ? $0 : nil }
            let detector = ChangeDetector(classes: 3, penalty: 2, latest: 12)
            let found = changes(scores, penalty: 2)
            if detector.hasNoChange(in: known, range: 1) {
                #expect(found == [], "seed \(seed)")
                ruledOut += 1
            }
            if !found.isEmpty { withChanges += 1 }
            #expect(
                !ChangeDetector(classes: 3, penalty: 2, latest: count - 1 > 0 ? count - 1 : 1).hasNoChange(in: scores + scores, range: 1))
        }
        #expect(ruledOut > 100 && withChanges > 50, "\(ruledOut), \(withChanges)")
    }

    /// The best of all paths, by trying each.
    @Test(arguments: 0..<40) func thePathIsTheBestOfAll(seed: Int) {
        var random = RandomSource(seed: UInt64(seed))
        let scores = (0..<7).map { _ in (0..<3).map { _ in random.uniform(in: -2..<0) } }
        let penalty = random.uniform(in: 0.1..<3)
        func value(_ path: [Int]) -> Float {
            zip(path, scores).reduce(0) { $0 + $1.1[$1.0] } - penalty * Float(zip(path, path.dropFirst()).count { $0 != $1 })
        }
        let paths = (0..<2187).map { number in (0..<7).map { number / [1, 3, 9, 27, 81, 243, 729][$0] % 3 } }
        let best = paths.max { value($0) < value($1) } ?? []
        let found = changes(scores, penalty: penalty)
        #expect(found == best.indices.dropFirst().filter { best[$0] != best[$0 - 1] })
    }

    @Test func aLongSequenceIsDecidedInTime() {
        var detector = ChangeDetector(classes: 2, penalty: 100, latest: 20)
        var random = RandomSource(seed: 1)
        for count in 1...500 {
            let advantage = random.uniform(in: -1..<1)
            _ = detector.push([0, advantage])
            #expect(count - detector.decided <= 20)
        }
    }
}
