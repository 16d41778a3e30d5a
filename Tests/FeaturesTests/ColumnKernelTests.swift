import CStimmungKernels
import StimmungFeatures
import StimmungTensors
import Testing

/// The kernels of statistics, bit by bit against plain loops.
struct ColumnKernelTests {
    private static let width = Int(CK_COLUMNS)

    /// Some columns of noise, some with equal and with signed values, some constant.
    private func block(_ rows: Int) -> [Float] {
        var random = RandomSource(seed: UInt64(rows))
        return (0..<rows * Self.width).map { index in
            switch index % Self.width {
            case 0..<8: random.normal()
            case 8..<11: Float(random.index(below: 5)) - 2
            case 11: -1e20 * random.normal()
            case 12: random.index(below: 2) == 0 ? -0.0 : 0
            case 13: 3
            default: 0.1 + 1e-4 * random.normal()
            }
        }
    }

    private func column(_ lane: Int, of block: [Float]) -> [Float] {
        stride(from: lane, to: block.count, by: Self.width).map { block[$0] }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 105, 257])
    func columnsAreSorted(rows: Int) {
        let original = block(rows)
        var sorted = [Float](repeating: 0, count: ck_padded_rows(rows) * Self.width)
        ck_sort_columns(rows, original, &sorted)
        sorted.removeLast(sorted.count - original.count)
        for lane in 0..<Self.width {
            // −0 before 0.
            let expected = column(lane, of: original).sorted { ($0, $0.sign == .plus ? 1 : 0) < ($1, $1.sign == .plus ? 1 : 0) }
            #expect(column(lane, of: sorted).map(\.bitPattern) == expected.map(\.bitPattern), "column \(lane)")
        }
    }

    @Test(arguments: [1, 2, 3, 100])
    func sumsAreThoseOfAPlainLoop(rows: Int) {
        let block = block(rows)
        var sums = [Double](repeating: 0, count: 7 * Self.width)
        ck_column_sums(rows, block, &sums)
        for lane in 0..<Self.width {
            let values = column(lane, of: block)
            let mean = values.reduce(0.0) { $0 + Double($1) } / Double(rows)
            var (powers, drift, steps, crossings) = ((0.0, 0.0, 0.0), 0.0, 0.0, 0.0)
            let pace = rows > 1 ? 2 / (Double(rows) - 1) : 0
            for (row, value) in values.enumerated() {
                let difference = Double(value) - mean
                let (square, time) = (difference * difference, Double(row) * pace - 1)
                let previous = values[max(row - 1, 0)]
                powers = (powers.0 + square, powers.1 + square * difference, powers.2 + square * square)
                drift += time * difference
                steps += Double(abs(value - previous))
                if (Double(previous) > mean) != (Double(value) > mean) { crossings += 1 }
            }
            let expected = [mean, powers.0, powers.1, powers.2, drift, steps, crossings]
            for (number, value) in expected.enumerated() {
                #expect(sums[number * Self.width + lane] == value, "sum \(number) of column \(lane)")
            }
        }
    }

    @Test(arguments: [1, 2, 5, 40], [1, 2, 3])
    func slopesAreThoseOfAPlainLoop(rows: Int, reach: Int) {
        let block = block(rows)
        var slopes = [Float](repeating: 0, count: rows * Self.width)
        ck_column_slopes(rows, reach, block, &slopes)
        let divisor = 2 * (1...reach).reduce(0) { $0 + Float($1 * $1) }
        for lane in 0..<Self.width {
            let values = column(lane, of: block)
            let expected = values.indices.map { row in
                (1...reach).reduce(0 as Float) { $0 + Float($1) * (values[min(row + $1, rows - 1)] - values[max(row - $1, 0)]) } / divisor
            }
            #expect(column(lane, of: slopes) == expected)
        }
    }

    @Test(arguments: [
        [19, 0, 7] + [Int](repeating: 19, count: 13),
        // Adjacent columns are copied at once.
        Array(4..<20),
    ])
    func columnsAreGathered(places: [Int]) {
        let frames = (0..<4 * 20).map { Float($0) }
        let shifts = (0..<Self.width).map { Float($0) / 4 }
        var block = [Float](repeating: -1, count: 4 * Self.width)
        ck_gather_columns(4, 20, frames, places.map { Int32($0) }, shifts, &block)
        for row in 0..<4 {
            let expected = zip(places, shifts).map { frames[row * 20 + $0] + $1 }
            #expect(Array(block[row * Self.width..<(row + 1) * Self.width]) == expected)
        }
    }

    /// Long columns are sorted in another way.
    @Test func percentilesOfLongAndShortRecordings() throws {
        var options = FeatureOptions.utterance
        options.kinds = [.energy]
        options.deltas = 0
        options.functionals?.level = false
        options.functionals?.trim = 0
        options.functionals?.voiced = false
        options.functionals?.rhythm = false
        let functionals = try Functionals(options)
        for rows in [1000, 1025, 3000] {
            var random = RandomSource(seed: 5)
            let values = (0..<rows).map { _ in random.normal() }
            let row = try functionals.row(of: Matrix(rows: rows, columns: 1, elements: values))
            let sorted = values.sorted()
            for (index, part) in [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99].enumerated() {
                let position = part * Double(rows - 1)
                let (below, above) = (sorted[Int(position)], sorted[min(Int(position) + 1, rows - 1)])
                #expect(row[4 + index] == below + Float(position - position.rounded(.down)) * (above - below))
            }
        }
    }
}
