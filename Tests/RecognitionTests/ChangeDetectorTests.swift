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

    /// Scores within a range of 1: of one class, of two after each other, or without preference.
    private func randomScores(_ seed: Int, using random: inout RandomSource) -> [[Float]] {
        let count = 1 + random.index(below: 12)
        return (0..<count).map { step in
            (0..<3).map {
                $0 == (seed % 3 == 0 ? step * 2 / count : 0)
                    ? random.uniform(in: -0.2..<0) : random.uniform(in: -1..<(seed % 2 == 0 ? -0.8 : 0))
            }
        }
    }

    @Test(arguments: [4, 12]) func aChangeIsRuledOutOnlyWhereThereIsNone(latest: Int) {
        var (ruledOut, withChanges) = (0, 0)
        for seed in 0..<600 {
            var random = RandomSource(seed: UInt64(seed))
            let scores = randomScores(seed, using: &random)
            let known = scores.map { random.index(below: 3) > 0 ? $0 : nil }
            let found = changes(scores, penalty: 2, latest: latest)
            if ChangeDetector(classes: 3, penalty: 2, latest: latest).stepsToRuleOutChange(known, range: 1) == [] {
                #expect(found == [], "seed \(seed)")
                ruledOut += 1
            }
            if !found.isEmpty { withChanges += 1 }
        }
        #expect(ruledOut > 100 && withChanges > 50, "\(ruledOut), \(withChanges)")
    }

    @Test func onlyUnknownStepsAreAskedForUntilAChangeIsRuledOut() {
        var (asked, all) = (0, 0)
        for seed in 0..<600 where seed % 3 != 0 {
            var random = RandomSource(seed: UInt64(seed))
            let scores = randomScores(seed, using: &random)
            let detector = ChangeDetector(classes: 3, penalty: 2.5, latest: 12)
            var known = [[Float]?](repeating: nil, count: scores.count)
            while let steps = detector.stepsToRuleOutChange(known, range: 1), !steps.isEmpty {
                #expect(steps.allSatisfy { known[$0] == nil } && steps == steps.sorted(), "seed \(seed)")
                for step in steps { known[step] = scores[step] }
            }
            guard seed % 2 == 0 else { continue }
            #expect(detector.stepsToRuleOutChange(known, range: 1) == [], "seed \(seed)")
            #expect(changes(scores, penalty: 2.5, latest: 12) == [], "seed \(seed)")
            asked += known.count { $0 != nil }
            all += scores.count
        }
        #expect(2 * asked < all, "\(asked) of \(all) steps")
    }

    @Test func aChangeIsNotRuledOut() {
        let scores = steps([(0, 6), (1, 6)])
        let detector = ChangeDetector(classes: 3, penalty: 2.5, latest: 12)
        #expect(detector.stepsToRuleOutChange(scores, range: 1) == nil)
        // Without scores, the steps that would do if they were clear.
        #expect(detector.stepsToRuleOutChange(scores.map { _ in nil }, range: 1)?.count == 5)
        #expect(detector.stepsToRuleOutChange([nil], range: 1) == [])
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
