import CStimmungKernels
import StimmungTensors

/// The statistics of 16 columns at once; `FunctionalsLayout.statistics` names them.
///
/// Moments are population moments, not estimates. Percentiles are interpolated linearly. `slope` and `residual` belong to the best-fitting
/// line over times −1 … 1. `step` is the mean magnitude of the change from frame to frame, and `crossings` the proportion of these changes
/// that cross the mean. For a constant column, all measures of change are 0.
///
/// docs/performance.md says what columns side by side bring.
struct BlockStatistics {
    /// Columns per block.
    static let columns = Int(CK_COLUMNS)
    /// Values of a block's statistics.
    static let size = FunctionalsLayout.statistics.count * columns
    private static let percentiles = [0.01, 0.10, 0.25, 0.50, 0.75, 0.90, 0.99]
    /// Rows up to which the kernel sorts faster than `FloatSorter`, whose time is proportional to the number of rows.
    private static let rowsSortedAtOnce = 1024

    private let sorted = WorkingMemory()
    private var sorter = FloatSorter()
    private var sums = [Double](repeating: 0, count: 7 * columns)
    /// Σ τ² over the times of this many rows.
    private var times = (rows: 0, sum: 0.0)

    /// Measures the columns of a block.
    ///
    /// - Parameters:
    ///   - rows: at least 1.
    ///   - block: rows × `columns`.
    ///   - output: receives statistic s of column c at s × `columns` + c.
    mutating func measure(_ rows: Int, _ block: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>) {
        precondition(rows > 0, "statistics of no rows")
        prepareTimes(rows)
        sums.withUnsafeMutableBufferPointer { sums in
            guard let sums = sums.baseAddress else { return }
            ck_column_sums(rows, block, sums)
            for column in 0..<Self.columns { Self.finish(column, rows, sums, times.sum, into: output) }
        }
        measurePercentiles(rows, block, into: output)
    }

    /// Mean and variance of a column of the last block, as `ColumnStatistics.moments` computes them.
    func moments(_ column: Int, rows: Int) -> (mean: Double, variance: Double) {
        (sums[column], sums[Self.columns + column] / Double(rows))
    }

    private mutating func prepareTimes(_ rows: Int) {
        guard times.rows != rows else { return }
        let pace = rows > 1 ? 2 / (Double(rows) - 1) : 0
        var sum = 0.0
        for row in 0..<rows {
            let time = Double(row) * pace - 1
            sum += time * time
        }
        times = (rows, sum)
    }

    private static func finish(
        _ column: Int, _ rows: Int, _ sums: UnsafePointer<Double>, _ times: Double, into output: UnsafeMutablePointer<Float>
    ) {
        func sum(_ number: Int) -> Double { sums[number * columns + column] }
        let count = Double(rows)
        let mean = sum(0)
        let variance = sum(1) / count
        let isConstant = ColumnStatistics.isConstant(mean: mean, variance: variance)
        let slope = rows > 1 && !isConstant ? sum(4) / times : 0
        let residual = max(0, variance - slope * slope * times / count)
        func write(_ statistic: Int, _ value: Double) { output[statistic * columns + column] = Float(value) }
        write(0, mean)
        write(1, isConstant ? 0 : variance.squareRoot())
        write(2, isConstant ? 0 : sum(2) / count / (variance * variance.squareRoot()))
        write(3, isConstant ? 0 : sum(3) / count / (variance * variance) - 3)
        write(13, slope)
        write(14, isConstant ? 0 : residual.squareRoot())
        write(15, rows > 1 ? sum(5) / (count - 1) : 0)
        write(16, rows > 1 && !isConstant ? sum(6) / (count - 1) : 0)
    }

    private mutating func measurePercentiles(_ rows: Int, _ block: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>) {
        let width = Self.columns
        sorted.reserve(ck_padded_rows(rows) * width)
        let sorted = sorted.pointer
        if rows <= Self.rowsSortedAtOnce {
            ck_sort_columns(rows, block, sorted)
        } else {
            for column in 0..<width {
                for (row, value) in sorter.sorted((0..<rows).map { block[$0 * width + column] }).enumerated() {
                    sorted[row * width + column] = value
                }
            }
        }
        for (index, part) in Self.percentiles.enumerated() {
            let place = ColumnStatistics.place(part, count: rows)
            let (below, above, result) = (sorted + place.below * width, sorted + place.above * width, output + (4 + index) * width)
            for column in 0..<width { result[column] = below[column] + place.weight * (above[column] - below[column]) }
        }
        for column in 0..<width {
            output[11 * width + column] = output[10 * width + column] - output[4 * width + column]
            output[12 * width + column] = output[8 * width + column] - output[6 * width + column]
        }
    }
}
