import StimmungTensors

/// The order of an epoch's sequences if they belong to several groups: every class of every group is drawn equally often.
///
/// A cell is a class of a group. An epoch draws as many sequences as there are, and equally many from each cell (within one). A different random
/// part of a large cell is drawn in each epoch; a small cell is drawn several times.
package struct BalancedOrder: Sendable {
    /// The sequences of each cell, in rising order.
    private let cells: [[Int]]
    private let count: Int

    /// nil for fewer than two groups.
    package init?(_ sequences: [LabelledSequence]) {
        guard Set(sequences.map { $0.group?.number }).count > 1 else { return nil }
        let cells = Dictionary(grouping: sequences.indices) { [sequences[$0].group?.number ?? -1, sequences[$0].label] }
        self.cells = cells.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        count = sequences.count
    }

    /// An order for an epoch: indices of sequences, some of them several times.
    package func order(_ random: inout RandomSource) -> [Int] {
        var drawn: [Int] = []
        drawn.reserveCapacity(count)
        // The remainder: one more from each of these cells.
        let larger = Set(random.permutation(cells.count).prefix(count % cells.count))
        for (number, cell) in cells.enumerated() {
            var missing = count / cells.count + (larger.contains(number) ? 1 : 0)
            while missing > 0 {
                let round = random.permutation(cell.count).prefix(missing)
                drawn += round.map { cell[$0] }
                missing -= round.count
            }
        }
        return random.permutation(count).map { drawn[$0] }
    }
}
