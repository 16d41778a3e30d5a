import Foundation
import StimmungFeatures
import StimmungTensors

/// Gathers the stretches of one person's speech, each as one row: its functionals, or the mean of its frames.
package struct EnrolledSpeech: Sendable {
    private var rows: FeatureStatistics
    private var logs: FeatureStatistics

    /// Smallest probability in `spread`, so that one certain stretch does not count for all.
    private static let floor = 0.001

    package init(width: Int, classes: Int) {
        rows = FeatureStatistics(width: width)
        logs = FeatureStatistics(width: classes)
    }

    /// Number of stretches.
    package var stretches: Int { rows.count }

    /// The mean of each feature over the stretches.
    package var mean: [Float] { rows.mean }

    /// Adds a stretch.
    ///
    /// - Parameters:
    ///   - row: one value for each feature.
    ///   - probabilities: of the classes, by networks that do not know the voice, at temperature 1.
    package mutating func add(_ row: [Float], probabilities: [Double]) {
        rows.add(Matrix(rows: 1, columns: row.count, elements: row))
        logs.add(Matrix(rows: 1, columns: probabilities.count, elements: probabilities.map { Float(log($0 + Self.floor)) }))
    }

    /// Adds the stretches of another part.
    package mutating func merge(_ other: EnrolledSpeech) {
        rows.merge(other.rows)
        logs.merge(other.logs)
    }

    /// How different the stretches sound: Σ_k of the variance of log(p_k + 0.001) over them. A constant offset of the voice hardly changes it,
    /// unlike the probabilities. nil with less than two stretches.
    package var spread: Double? {
        guard stretches > 1 else { return nil }
        let biased = logs.deviation.reduce(0) { $0 + Double($1) * Double($1) }
        return biased * Double(stretches) / Double(stretches - 1)
    }
}
