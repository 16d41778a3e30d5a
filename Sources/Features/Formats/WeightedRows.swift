import Foundation
import StimmungTensors

/// Rows of features of a recording, and how much each counts in the decision of a model that decides about detected speech.
package struct WeightedRows: Sendable {
    /// What the weights are.
    package enum Weight: String, Sendable {
        /// The length of the stretch of speech that a row describes, in frames.
        case frames
        /// 1 for a frame of speech, otherwise 0.
        case speech
    }

    package let weight: Weight
    package let weights: [Float]
    /// Seconds at which the rows begin.
    package let starts: [Double]
    /// T × D: T rows, D features.
    package let features: Matrix

    package init(_ weight: Weight, _ weights: [Float], starts: [Double], _ features: Matrix) {
        precondition(weights.count == features.rows && starts.count == features.rows, "\(weights.count) weights of \(features.rows) rows")
        (self.weight, self.weights, self.starts, self.features) = (weight, weights, starts, features)
    }

    /// T × (1 + D): each row after its weight.
    var table: Matrix {
        var elements: [Float] = []
        elements.reserveCapacity(features.rows * (features.columns + 1))
        for (row, weight) in weights.enumerated() {
            elements.append(weight)
            elements += features.row(row)
        }
        return Matrix(rows: features.rows, columns: features.columns + 1, elements: elements)
    }
}

extension FeatureWriter {
    private static let htkHasNoWeights = FeatureError.unsuitable(
        format: .htk, reason: "it has no weights, which the features of a model that detects speech have; use csv, arff or npy")

    /// - Throws: `FeatureError.unsuitable` if the format cannot represent weights.
    package static func requireWeights(in format: FeatureFormat) throws(FeatureError) {
        if format == .htk { throw htkHasNoWeights }
    }

    /// The contents of a file of rows, each after its weight.
    ///
    /// - Throws: `FeatureError.unsuitable` if the format cannot represent them.
    package static func data(_ rows: WeightedRows, _ options: FeatureOptions, format: FeatureFormat) throws(FeatureError) -> Data {
        let columns = [rows.weight.rawValue] + options.columnNames
        return switch format {
        case .csv: csv(rows.table, columns) { rows.starts[$0] }
        case .arff: arff(rows.table, columns) { rows.starts[$0] }
        case .npy: npy(rows.table)
        case .htk: throw htkHasNoWeights
        }
    }
}
