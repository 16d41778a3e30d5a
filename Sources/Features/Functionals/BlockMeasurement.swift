import CStimmungKernels
import StimmungTensors

/// The statistics of one utterance, block by block, with working memory for all of them.
struct BlockMeasurement {
    private static let width = BlockStatistics.columns

    private let rows: Int
    /// The values of the block, then its deltas or accelerations.
    private var values: WorkingMemory
    private var slopes: WorkingMemory
    private var statistics = BlockStatistics()
    private var results = [Float](repeating: 0, count: BlockStatistics.size)

    /// - Parameter rows: frames of the utterance, at least 1.
    init(rows: Int) {
        self.rows = rows
        (values, slopes) = (WorkingMemory(), WorkingMemory())
        values.reserve(rows * Self.width)
        slopes.reserve(rows * Self.width)
    }

    /// Takes the columns of a block from a range of frames.
    ///
    /// - Parameter shifts: what is added to each of the block's lanes.
    func gather(_ block: ColumnBlock, of frames: Matrix, _ range: Range<Int>, shifts: [Float]) {
        precondition(range.count == rows && range.upperBound <= frames.rows, "frames \(range) of \(frames.rows)")
        precondition(block.places.count == Self.width && shifts.count == Self.width, "a place and a shift for each lane")
        frames.elements.withUnsafeBufferPointer { elements in
            guard let start = elements.baseAddress else { return }
            ck_gather_columns(
                rows, frames.columns, start + range.lowerBound * frames.columns, block.places, shifts, values.pointer)
        }
    }

    /// The values of the column in a lane.
    func column(_ lane: Int) -> [Float] { (0..<rows).map { values.pointer[$0 * Self.width + lane] } }
    /// Mean and variance of the column in a lane, after `measure`.
    func moments(_ lane: Int) -> (mean: Double, variance: Double) { statistics.moments(lane, rows: rows) }

    /// Interpolates a column linearly between voiced frames, and repeats the first and the last voiced value outwards.
    func bridge(_ lane: Int, _ voiced: [Int]) {
        guard let first = voiced.first, let last = voiced.last else { return }
        let column = values.pointer + lane
        for row in 0..<first { column[row * Self.width] = column[first * Self.width] }
        for row in last + 1..<max(last + 1, rows) { column[row * Self.width] = column[last * Self.width] }
        for (start, end) in zip(voiced, voiced.dropFirst()) where end > start + 1 {
            let (low, high) = (column[start * Self.width], column[end * Self.width])
            let step = (high - low) / Float(end - start)
            for row in start + 1..<end { column[row * Self.width] = low + Float(row - start) * step }
        }
    }

    /// Measures the voiced frames of a block; nil means all frames.
    mutating func measureVoiced(_ block: ColumnBlock, _ voiced: [Int]?, into row: inout [Float]) {
        guard !block.voicedPositions.isEmpty else { return }
        if let voiced {
            for (target, source) in voiced.enumerated() {
                (slopes.pointer + target * Self.width).update(from: values.pointer + source * Self.width, count: Self.width)
            }
        }
        measure(voiced?.count ?? rows, voiced == nil ? values.pointer : slopes.pointer, block.voicedPositions, into: &row)
    }

    /// Measures the values of a block.
    mutating func measure(_ block: ColumnBlock, into row: inout [Float]) {
        measure(rows, values.pointer, block.positions[0], into: &row)
    }

    /// Measures the deltas and accelerations of a block, which replace the values.
    ///
    /// The deltas have the equation of `DeltaRegression`, but not its kernel `ck_slopes`, which uses fused multiply-add where the processor has
    /// it: with a `deltaWindow` of 3 or more, the last bits would change, and with them the features of trained models.
    mutating func measureSlopes(_ block: ColumnBlock, reach: Int, into row: inout [Float]) {
        for positions in block.positions.dropFirst() {
            ck_column_slopes(rows, reach, values.pointer, slopes.pointer)
            swap(&values, &slopes)
            measure(rows, values.pointer, positions, into: &row)
        }
    }

    private mutating func measure(_ rows: Int, _ block: UnsafePointer<Float>, _ positions: [Int], into row: inout [Float]) {
        results.withUnsafeMutableBufferPointer { results in
            guard let results = results.baseAddress else { return }
            statistics.measure(rows, block, into: results)
            row.withUnsafeMutableBufferPointer { row in
                for (lane, position) in positions.enumerated() {
                    precondition(position + FunctionalsLayout.statistics.count <= row.count, "a position beyond the row")
                    for statistic in FunctionalsLayout.statistics.indices {
                        row[position + statistic] = results[statistic * Self.width + lane]
                    }
                }
            }
        }
    }
}
