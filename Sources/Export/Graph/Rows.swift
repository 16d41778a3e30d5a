/// The rows of a batch of recordings, padded to the longest.
struct Rows {
    /// B × T × D: recordings, rows of the longest, columns.
    var values: GraphBuilder.Value
    /// D
    var width: Int
    /// The number of rows of each recording, B whole numbers.
    let lengths: GraphBuilder.Value
    /// The number of frames that each row counts for, 0 in the padding; B × T.
    let weights: GraphBuilder.Value
    /// For `GraphBuilder.shift`.
    private let positions: Positions

    private struct Positions {
        /// 0 … T − 1, 1 × T
        let steps: GraphBuilder.Value
        /// The last row of each recording, B × 1
        let last: GraphBuilder.Value
        /// The first row of each recording among all B · T rows, B × 1
        let first: GraphBuilder.Value
    }

    /// - Parameter weights: nil: 1 for every row.
    init(
        _ values: GraphBuilder.Value, width: Int, lengths: GraphBuilder.Value, weights: GraphBuilder.Value? = nil,
        in graph: inout GraphBuilder
    ) {
        self.values = values
        self.width = width
        self.lengths = lengths
        let count = graph.size(of: values, axis: 1)
        self.weights = weights ?? graph.mask(lengths, count: count)
        let recordings = graph.range(to: graph.size(of: values, axis: 0))
        positions = Positions(
            steps: graph.addAxes(graph.range(to: count), [0]),
            last: graph.addAxes(
                graph.largest(graph.subtract(lengths, graph.whole(1)), graph.whole(0)), [1]),
            first: graph.addAxes(graph.multiply(recordings, count), [1]))
    }

    /// The same rows with other values.
    func with(_ values: GraphBuilder.Value, width: Int) -> Rows {
        var rows = self
        (rows.values, rows.width) = (values, width)
        return rows
    }

    /// For each row t, the row t + offset; beyond the ends of a recording, its first or last row.
    func shifted(by offset: Int, in graph: inout GraphBuilder) -> GraphBuilder.Value {
        guard offset != 0 else { return values }
        let wanted = graph.add(positions.steps, graph.whole(offset))
        let present = graph.smallest(graph.largest(wanted, graph.whole(0)), positions.last)
        let places = graph.add(present, positions.first)
        return graph.node("Gather", [graph.reshape(values, [-1, width]), places], [.integer("axis", 0)])
    }
}
