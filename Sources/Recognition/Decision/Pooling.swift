import Foundation
import StimmungTensors

/// Gathers the log posteriors of frames for one decision about all of them.
///
/// `logPosteriors`: the geometric mean exp((1/T) Σ_t log p_t), whose order is that of the sums; `posteriors`: the mean (1/T) Σ_t p_t.
/// Either way the result is divided by its sum, so that it is a distribution. A temperature T other than 1 takes its powers p^(1/T) first.
package struct Pooling: Sendable, Equatable {
    package let decision: Decision
    /// Above 1 the probabilities are more even, below it less; the decision stays.
    package let temperature: Double
    package private(set) var frames = 0
    private var sums: [Double]

    package init(_ decision: Decision, classes: Int, temperature: Double = 1) {
        precondition(temperature > 0, "a temperature is above 0")
        self.decision = decision
        self.temperature = temperature
        sums = [Double](repeating: 0, count: classes)
    }

    /// Gathers all rows of log posteriors, whose columns are the classes.
    package init(_ decision: Decision, temperature: Double = 1, of logPosteriors: Matrix) {
        self.init(decision, classes: logPosteriors.columns, temperature: temperature)
        add(logPosteriors)
    }

    /// Adds rows of log posteriors, as many columns as classes.
    package mutating func add(_ logPosteriors: Matrix, rows: Range<Int>? = nil) {
        let rows = rows ?? 0..<logPosteriors.rows
        for row in rows {
            for (k, value) in logPosteriors.row(row).enumerated() {
                sums[k] += decision == .posteriors ? exp(Double(value)) : Double(value)
            }
        }
        frames += rows.count
    }

    /// Adds the frames that another pooling, of the same kind, has gathered.
    package mutating func merge(_ other: Pooling) {
        precondition(other.decision == decision && other.sums.count == sums.count, "poolings of different kinds")
        for k in sums.indices { sums[k] += other.sums[k] }
        frames += other.frames
    }

    /// The probability of each class; uniform before any frame.
    package var probabilities: [Double] {
        guard frames > 0 else { return sums.map { _ in 1 / Double(sums.count) } }
        let means = sums.map { $0 / Double(frames) }
        let logs = decision == .posteriors ? means.map { log($0) } : means
        let largest = logs.max() ?? 0
        let weights = logs.map { exp(($0 - largest) / temperature) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// Whether all classes have the same probability, as of silence.
    var isUndecided: Bool { sums.allSatisfy { abs($0 - sums[0]) <= 1e-6 * abs(sums[0]) } }

    /// The class with the largest probability, the first of equals.
    package var decided: Int {
        let probabilities = probabilities
        return probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    }
}
