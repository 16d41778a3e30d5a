/// Finds the changes in a sequence of class scores: the best path through the classes if every change of class costs a penalty (Viterbi).
///
///     var detector = ChangeDetector(classes: 7, penalty: 4, latest: 40)
///     for scores in steps { changes += detector.push(scores) }     // the numbers of the steps where another class begins
///     changes += detector.finish()
///
/// The path maximises Σ_t s_t(c_t) − penalty · (number of changes). With log posteriors as scores, a change pays if the evidence on both of its sides
/// outweighs the penalty. A step is decided as soon as the best paths to all classes agree about it, and after `latest` steps at the latest.
package struct ChangeDetector: Sendable {
    private let penalty: Float
    /// Steps that may be undecided.
    private let latest: Int
    /// Value of the best path to each class; only differences count.
    private var values: [Float]
    /// For each undecided step and class, the class of the step before. The first belongs to step `decided`.
    private var origins: [[Int]] = []
    /// Steps whose class is decided, and the class of the last of them.
    package private(set) var decided = 0
    private var current: Int?

    /// - Parameters:
    ///   - classes: number of classes, at least 1.
    ///   - penalty: cost of a change, in units of the scores.
    ///   - latest: steps after which a step is decided at the latest, at least 1.
    package init(classes: Int, penalty: Float, latest: Int) {
        precondition(classes > 0 && latest > 0, "at least one class and one step")
        self.penalty = penalty
        self.latest = latest
        values = [Float](repeating: 0, count: classes)
    }

    /// Takes the scores of the next step, one per class; returns the steps at which another class begins that have become certain.
    package mutating func push(_ scores: [Float]) -> [Int] {
        precondition(scores.count == values.count, "\(scores.count) scores for \(values.count) classes")
        let best = values.indexOfLargest
        let isFirst = decided == 0 && origins.isEmpty
        let origin = values.indices.map { isFirst || values[$0] >= values[best] - penalty ? $0 : best }
        let base = values[best]
        values = zip(scores, origin).enumerated().map { index, step in
            step.0 + values[step.1] - base - (step.1 == index ? 0 : penalty)
        }
        origins.append(origin)
        var changes = settle(ends: Array(values.indices))
        if origins.count > latest { changes += settle(ends: [bestEnd]) }
        return changes
    }

    /// Decides the remaining steps. The next `push` starts another sequence.
    package mutating func finish() -> [Int] {
        let changes = origins.isEmpty ? [] : settle(ends: [bestEnd], whole: true)
        (decided, current, origins) = (0, nil, [])
        for index in values.indices { values[index] = 0 }
        return changes
    }

    /// The steps of a whole sequence whose scores are needed next to rule out a change.
    ///
    /// There is no change if one class throughout is better than any path with a change even where each unknown step is as bad for that class, and as
    /// good for all others, as scores can be. As few steps are asked for as would show that, if each were as clear as the known ones are.
    ///
    /// - Parameters:
    ///   - scores: those of each step; nil if they are not known.
    ///   - range: largest difference between two scores of a step.
    /// - Returns: empty if no change is possible; nil if more scores are not expected to rule one out.
    package func stepsToRuleOutChange(_ scores: [[Float]?], range: Float) -> [Int]? {
        let classes = values.count
        let known = scores.compactMap(\.self)
        let totals = known.reduce(values.map { _ in 0 }) { zip($0, $1).map(+) }
        let main = totals.indexOfLargest
        // What a class other than the main one gains in each step.
        var gains = scores.flatMap { step in
            (0..<classes).map { index in step.map { $0[index] - $0[main] } ?? (index == main ? 0 : range) }
        }
        let others = totals.indices.filter { $0 != main }
        let advantages = known.map { step in step[main] - (others.map { step[$0] }.max() ?? step[main]) }
        let meanAdvantage = known.isEmpty ? range : advantages.reduce(0, +) / Float(known.count)
        func assume(_ step: Int, gain: Float) {
            for index in others { gains[step * classes + index] = gain }
        }
        var unknown = scores.map { $0 == nil }
        var steps: [Int] = []
        while !isWithoutChange(gains, main) {
            guard meanAdvantage > 0, let step = middleOfLongestRun(unknown) else { return nil }
            unknown[step] = false
            steps.append(step)
            assume(step, gain: -meanAdvantage)
        }
        // Later steps may have made earlier ones unnecessary.
        steps.removeAll { step in
            assume(step, gain: range)
            let isUnnecessary = isWithoutChange(gains, main)
            if !isUnnecessary { assume(step, gain: -meanAdvantage) }
            return isUnnecessary
        }
        return steps.sorted()
    }

    /// Whether the main class beats every path with a change; from step `latest` on, where steps must be decided, also every other class.
    ///
    /// - Parameter gains: those of each class in each step, steps × classes.
    private func isWithoutChange(_ gains: [Float], _ main: Int) -> Bool {
        let classes = values.count
        // Gain of the best path to each class, without and with a change so far.
        var unchanged = [Float](repeating: 0, count: classes)
        var changed = [Float](repeating: -.infinity, count: classes)
        // More than the rounding errors of hundreds of steps.
        let least: Float = -0.01
        for step in stride(from: 0, to: gains.count, by: classes) {
            // The best path to any class, and to any other than that.
            var (best, first, second) = (0, -Float.infinity, -Float.infinity)
            for index in 0..<classes {
                let value = max(unchanged[index], changed[index])
                if value > first { (best, first, second) = (index, value, first) } else if value > second { second = value }
            }
            for index in 0..<classes {
                if step > 0 { changed[index] = max(changed[index], (index == best ? second : first) - penalty) }
                unchanged[index] += gains[step + index]
                changed[index] += gains[step + index]
            }
            guard step >= latest * classes else { continue }
            for index in 0..<classes where changed[index] >= least || unchanged[index] >= least && index != main { return false }
        }
        return changed.allSatisfy { $0 < least }
    }

    /// The middle of the longest run of true values, the first of several; nil if there are none.
    private func middleOfLongestRun(_ values: [Bool]) -> Int? {
        var longest = 0..<0
        var start = 0
        for end in 0...values.count where end == values.count || !values[end] {
            if end - start > longest.count { longest = start..<end }
            start = end + 1
        }
        return longest.isEmpty ? nil : (longest.lowerBound + longest.upperBound - 1) / 2
    }

    private var bestEnd: Int { values.indexOfLargest }

    /// Decides the steps about which the paths to `ends` agree.
    ///
    /// - Parameter whole: whether to decide all steps; otherwise a single end decides the oldest step only.
    private mutating func settle(ends: [Int], whole: Bool = false) -> [Int] {
        // Class of each undecided step on the path, where the paths agree; backwards.
        var nodes = ends
        var agreed: [Int] = []
        for (step, origin) in origins.enumerated().reversed() {
            if nodes.dropFirst().allSatisfy({ $0 == nodes[0] }) {
                if agreed.isEmpty { agreed = [Int](repeating: 0, count: step + 1) }
                agreed[step] = nodes[0]
            }
            nodes = nodes.map { origin[$0] }
        }
        if ends.count == 1, !whole { agreed = Array(agreed.prefix(1)) }
        var changes: [Int] = []
        for (offset, label) in agreed.enumerated() {
            if let current, current != label { changes.append(decided + offset) }
            current = label
        }
        origins.removeFirst(agreed.count)
        decided += agreed.count
        return changes
    }
}
