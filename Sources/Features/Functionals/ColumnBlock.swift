/// Columns of the frames whose statistics are computed together, and where these go in a row of functionals.
struct ColumnBlock: Sendable {
    let columns: [Int]
    /// The columns as a kernel takes them; unused lanes repeat the first.
    let places: [Int32]
    /// Whether the columns have autocorrelations and correlations.
    let isRelated: Bool
    /// For the columns themselves, their deltas and their accelerations: the first value of each column in a row.
    let positions: [[Int]]
    /// The same for the statistics of voiced frames; empty if there are none.
    let voicedPositions: [Int]

    /// The blocks of a layout: columns with the same groups, at most 16 in a block.
    static func blocks(of layout: FunctionalsLayout) -> [ColumnBlock] {
        let all = layout.groups.filter { $0.order == 0 && !$0.isVoicedOnly }.map(\.column)
        let related = Set(layout.related)
        return [all.filter(related.contains), all.filter { !related.contains($0) }].flatMap { columns in
            stride(from: 0, to: columns.count, by: BlockStatistics.columns).map { first in
                ColumnBlock(
                    Array(columns[first..<min(first + BlockStatistics.columns, columns.count)]), layout,
                    isRelated: related.contains(columns[first]))
            }
        }
    }

    private init(_ columns: [Int], _ layout: FunctionalsLayout, isRelated: Bool) {
        func positions(_ fits: (FunctionalsLayout.Group) -> Bool) -> [Int] {
            columns.compactMap { column in
                layout.groups.firstIndex { $0.column == column && fits($0) }.map { $0 * FunctionalsLayout.statistics.count }
            }
        }
        self.columns = columns
        self.isRelated = isRelated
        let places = columns.map { Int32($0) }
        self.places = places + [Int32](repeating: places[0], count: BlockStatistics.columns - places.count)
        self.positions = (0...2).map { order in positions { $0.order == order && !$0.isVoicedOnly } }.filter { !$0.isEmpty }
        voicedPositions = positions { $0.isVoicedOnly }
    }
}
