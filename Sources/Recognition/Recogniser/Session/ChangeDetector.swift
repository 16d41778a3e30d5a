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

    /// Whether a whole sequence of at most `latest` steps has no change, whatever the scores that are not known.
    ///
    /// It has none if one class throughout is better than any path with a change even where each unknown step is as bad for that class, and as
    /// good for all others, as scores can be.
    ///
    /// - Parameters:
    ///   - scores: those of each step; nil if they are not known.
    ///   - range: largest difference between two scores of a step.
    package func hasNoChange(in scores: [[Float]?], range: Float) -> Bool {
        guard scores.count <= latest else { return false }
        let classes = values.indices
        let totals = scores.reduce(values.map { _ in 0 }) { totals, step in step.map { zip(totals, $0).map(+) } ?? totals }
        let main = classes.reduce(0) { totals[$1] > totals[$0] ? $1 : $0 }
        // Advantage over the main class of the best path to each class, without and with a change so far.
        var unchanged = [Float](repeating: 0, count: classes.count)
        var changed = [Float](repeating: -.infinity, count: classes.count)
        for (number, step) in scores.enumerated() {
            let advantages = classes.map { index in step.map { $0[index] - $0[main] } ?? (index == main ? 0 : range) }
            if number > 0 {
                changed = classes.map { index in
                    classes.reduce(changed[index]) { $1 == index ? $0 : max($0, max(changed[$1], unchanged[$1]) - penalty) }
                }
            }
            for index in classes {
                unchanged[index] += advantages[index]
                changed[index] += advantages[index]
            }
        }
        // More than the rounding errors of so few steps.
        return changed.allSatisfy { $0 < -0.01 }
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
