import StimmungTensors

/// Running mean and standard deviation of every column, in double precision.
///
///     var statistics = FeatureStatistics(width: 39)
///     for features in recordings { statistics.add(features) }
///     Normaliser(statistics).apply(to: &features)
///
/// One pass without cancellation of large sums: B. Welford, Technometrics 4 (1962). Two sets are merged as in T. Chan, G. Golub, R.
/// LeVeque, *Updating formulae and a pairwise algorithm for computing sample variances*, 1979. The same frames in the same order and
/// grouping give the same bits; parallel work must be merged in a fixed order.
package struct FeatureStatistics: Sendable, Equatable {
    /// Frames added.
    package private(set) var count = 0
    /// The mean of every column.
    private var means: [Double]
    /// The sum of squared differences from the mean, per column.
    private var squares: [Double]

    /// Statistics without any frames.
    package init(width: Int) {
        means = [Double](repeating: 0, count: width)
        squares = means
    }

    /// The number of columns.
    package var width: Int { means.count }

    /// The mean of every column; 0 without frames.
    package var mean: [Float] { means.map(Float.init) }

    /// The standard deviation of every column, √(Σ (x − mean)² / count); 0 without frames.
    package var deviation: [Float] {
        squares.map { count == 0 ? 0 : Float(($0 / Double(count)).squareRoot()) }
    }

    /// Adds all frames of `frames`, which must have `width` columns.
    package mutating func add(_ frames: Matrix) {
        precondition(frames.columns == width, "\(frames.columns) columns added to statistics of \(width)")
        let width = width
        var count = count
        frames.elements.withUnsafeBufferPointer { elements in
            means.withUnsafeMutableBufferPointer { means in
                squares.withUnsafeMutableBufferPointer { squares in
                    for row in 0..<frames.rows {
                        count += 1
                        let share = 1 / Double(count)
                        for column in 0..<width {
                            let value = Double(elements[row * width + column])
                            let difference = value - means[column]
                            means[column] += difference * share
                            squares[column] += difference * (value - means[column])
                        }
                    }
                }
            }
        }
        self.count = count
    }

    /// Adds the frames of `other`.
    package mutating func merge(_ other: FeatureStatistics) {
        precondition(other.width == width, "statistics of \(other.width) columns merged into \(width)")
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let total = Double(count + other.count)
        for column in 0..<width {
            let difference = other.means[column] - means[column]
            means[column] += difference * Double(other.count) / total
            squares[column] += other.squares[column] + difference * difference * Double(count) * Double(other.count) / total
        }
        count += other.count
    }
}

extension FeatureStatistics: Codable {
    private enum CodingKeys: String, CodingKey {
        case count, means, squares
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        count = try values.decode(Int.self, forKey: .count)
        means = try values.decode([Double].self, forKey: .means)
        squares = try values.decode([Double].self, forKey: .squares)
        guard count >= 0, means.count == squares.count, (means + squares).allSatisfy(\.isFinite), squares.allSatisfy({ $0 >= 0 }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .squares, in: values, debugDescription: "statistics need one finite, non-negative square per mean")
        }
    }
}
