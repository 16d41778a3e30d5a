/// The seventeen statistics of one column over the frames of an utterance; `FunctionalsLayout.statistics` names them.
///
/// Moments are population moments, not estimates. Percentiles are interpolated linearly. `slope` and `residual` belong to the best-fitting
/// line over times −1 … 1. `step` is the mean magnitude of the change from frame to frame, and `crossings` the proportion of these changes
/// that cross the mean. For a constant column, all measures of change are 0.
struct ColumnStatistics {
    private static let percentiles = [0.01, 0.10, 0.25, 0.50, 0.75, 0.90, 0.99]
    /// A deviation below this proportion of the mean is a rounding error of a constant column.
    private static let rounding = 1e-6

    private var sorter = FloatSorter()

    /// Writes the statistics of `values`, which must not be empty, to the 17 elements of `output`.
    mutating func measure(_ values: [Float], into output: UnsafeMutableBufferPointer<Float>) {
        let count = Double(values.count)
        let mean = Self.mean(of: values)

        var (second, third, fourth, drift, times, steps, crossings) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0)
        let pace = values.count > 1 ? 2 / (count - 1) : 0
        var previous = values[0]
        for (index, value) in values.enumerated() {
            let difference = Double(value) - mean
            let square = difference * difference
            let time = Double(index) * pace - 1
            second += square
            third += square * difference
            fourth += square * square
            drift += time * difference
            times += time * time
            steps += Double(abs(value - previous))
            if (Double(previous) > mean) != (Double(value) > mean) { crossings += 1 }
            previous = value
        }
        let variance = second / count
        let isConstant = Self.isConstant(mean: mean, variance: variance)
        let slope = values.count > 1 && !isConstant ? drift / times : 0
        let residual = max(0, variance - slope * slope * times / count)

        output[0] = Float(mean)
        output[1] = isConstant ? 0 : Float(variance.squareRoot())
        output[2] = isConstant ? 0 : Float(third / count / (variance * variance.squareRoot()))
        output[3] = isConstant ? 0 : Float(fourth / count / (variance * variance) - 3)
        measurePercentiles(values, into: output)
        output[13] = Float(slope)
        output[14] = isConstant ? 0 : Float(residual.squareRoot())
        output[15] = values.count > 1 ? Float(steps / (count - 1)) : 0
        output[16] = values.count > 1 && !isConstant ? Float(Double(crossings) / (count - 1)) : 0
    }

    private static func mean(of values: [Float]) -> Double {
        var sum = 0.0
        for value in values { sum += Double(value) }
        return sum / Double(values.count)
    }

    /// Mean and variance of a non-empty column.
    static func moments(of values: [Float]) -> (mean: Double, variance: Double) {
        let mean = mean(of: values)
        var second = 0.0
        for value in values { second += (Double(value) - mean) * (Double(value) - mean) }
        return (mean, second / Double(values.count))
    }

    /// Whether a column is constant apart from rounding errors.
    static func isConstant(mean: Double, variance: Double) -> Bool {
        let rounding = rounding * mean
        return variance <= max(rounding * rounding, 1e-24)
    }

    private mutating func measurePercentiles(_ values: [Float], into output: UnsafeMutableBufferPointer<Float>) {
        let sorted = sorter.sorted(values)
        for (index, part) in ColumnStatistics.percentiles.enumerated() {
            output[4 + index] = ColumnStatistics.percentile(part, ofSorted: sorted)
        }
        output[11] = output[10] - output[4]
        output[12] = output[8] - output[6]
    }

    /// The percentile `part`, 0 … 1, of sorted values.
    static func percentile(_ part: Double, ofSorted sorted: [Float]) -> Float {
        let position = part * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + Float(position - Double(below)) * (sorted[above] - sorted[below])
    }
}
