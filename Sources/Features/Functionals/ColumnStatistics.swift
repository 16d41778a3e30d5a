/// Moments and percentiles of one column over the frames of an utterance.
enum ColumnStatistics {
    /// A deviation below this proportion of the mean is a rounding error of a constant column.
    private static let rounding = 1e-6

    /// Mean and variance of a non-empty column.
    static func moments(of values: [Float]) -> (mean: Double, variance: Double) {
        var sum = 0.0
        for value in values { sum += Double(value) }
        let mean = sum / Double(values.count)
        var second = 0.0
        for value in values { second += (Double(value) - mean) * (Double(value) - mean) }
        return (mean, second / Double(values.count))
    }

    /// Whether a column is constant apart from rounding errors.
    static func isConstant(mean: Double, variance: Double) -> Bool {
        let rounding = rounding * mean
        return variance <= max(rounding * rounding, 1e-24)
    }

    /// The percentile `part`, 0 … 1, of sorted values.
    static func percentile(_ part: Double, ofSorted sorted: [Float]) -> Float {
        let place = place(part, count: sorted.count)
        return sorted[place.below] + place.weight * (sorted[place.above] - sorted[place.below])
    }

    /// The two of `count` sorted values that a percentile lies between, and the weight of the second.
    static func place(_ part: Double, count: Int) -> (below: Int, above: Int, weight: Float) {
        let position = part * Double(count - 1)
        let below = Int(position)
        return (below, min(below + 1, count - 1), Float(position - Double(below)))
    }
}
