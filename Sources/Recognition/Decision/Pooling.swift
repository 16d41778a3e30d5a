import Foundation
import StimmungTensors

/// Pools the log posteriors of frames for one decision.
///
/// For N frames, `logPosteriors` gives the geometric mean exp((1/N) Σ_t log p_t), whose order is that of the sums; `posteriors` gives the
/// mean (1/N) Σ_t p_t. Both are normalised to a distribution, after raising them to the power 1/T for a temperature T, which `Familiarity` may raise.
package struct Pooling: Sendable, Equatable {
    package let decision: Decision
    /// T. Above 1 it makes probabilities more even, below 1 less even; it does not change the decision.
    package let temperature: Double
    package private(set) var frames = 0
    private var sums: [Double]
    /// Raises the temperature of unfamiliar speech.
    package var familiarity: Familiarity?
    /// The sum of the frames' distances, for familiarity, and the number of frames whose distance is known.
    private var distances = 0.0
    private var measured = 0

    package init(_ decision: Decision, classes: Int, temperature: Double = 1) {
        precondition(temperature > 0, "temperature must be above 0")
        self.decision = decision
        self.temperature = temperature
        sums = [Double](repeating: 0, count: classes)
    }

    /// Pools all rows of log posteriors, which have one column per class.
    package init(_ decision: Decision, temperature: Double = 1, of logPosteriors: Matrix) {
        self.init(decision, classes: logPosteriors.columns, temperature: temperature)
        add(logPosteriors)
    }

    /// Adds rows of log posteriors, which have one column per class.
    package mutating func add(_ logPosteriors: Matrix, rows: Range<Int>? = nil) {
        let rows = rows ?? 0..<logPosteriors.rows
        for row in rows {
            for (k, value) in logPosteriors.row(row).enumerated() {
                sums[k] += decision == .posteriors ? exp(Double(value)) : Double(value)
            }
        }
        frames += rows.count
    }

    /// Adds one row of log posteriors that holds for `count` frames.
    package mutating func add(_ logPosteriors: Matrix, repeated count: Int) {
        precondition(logPosteriors.rows == 1, "one row, not \(logPosteriors.rows)")
        for (k, value) in logPosteriors.row(0).enumerated() {
            sums[k] += Double(count) * (decision == .posteriors ? exp(Double(value)) : Double(value))
        }
        frames += count
    }

    /// Adds a row that holds for `count` frames.
    mutating func add(_ judgement: Judgement, repeated count: Int) {
        add(judgement.logs, repeated: count)
        add(distance: judgement.distance, frames: count)
    }

    /// Adds the distance of frames that have been added, for familiarity.
    package mutating func add(distance: Double?, frames count: Int) {
        guard let distance else { return }
        distances += distance * Double(count)
        measured += count
    }

    /// How much the frames resemble the training data, 0 … 1; nil if that is not measured.
    package var familiarityValue: Double? { distance.flatMap { distance in familiarity?.value(at: distance) } }

    /// The mean distance of the frames whose distance is known.
    private var distance: Double? { measured > 0 ? distances / Double(measured) : nil }

    /// Adds the frames of another pooling of the same kind.
    package mutating func merge(_ other: Pooling) {
        precondition(other.decision == decision && other.sums.count == sums.count, "poolings of different kinds")
        for k in sums.indices { sums[k] += other.sums[k] }
        frames += other.frames
        distances += other.distances
        measured += other.measured
    }

    /// The probability of each class; uniform without frames.
    package var probabilities: [Double] {
        probabilities(at: temperature * (distance.flatMap { distance in familiarity?.factor(at: distance) } ?? 1))
    }

    /// The same at temperature 1.
    package var rawProbabilities: [Double] { probabilities(at: 1) }

    private func probabilities(at temperature: Double) -> [Double] {
        guard frames > 0 else { return sums.map { _ in 1 / Double(sums.count) } }
        let means = sums.map { $0 / Double(frames) }
        let logs = decision == .posteriors ? means.map { log($0) } : means
        let largest = logs.max() ?? 0
        let weights = logs.map { exp(($0 - largest) / temperature) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// Whether all classes have the same probability, as in silence.
    var isUndecided: Bool { sums.allSatisfy { abs($0 - sums[0]) <= 1e-6 * abs(sums[0]) } }

    /// The index of the class with the largest probability, the first in a tie.
    package var decided: Int { probabilities.indexOfLargest }
}

extension Array where Element: Comparable {
    /// The index of the largest element, the first in a tie; 0 without elements.
    package var indexOfLargest: Int { indices.reduce(0) { self[$1] > self[$0] ? $1 : $0 } }
}
