import StimmungTensors

/// The order of the sequences of an epoch, where they are of several groups: every class of every group is drawn equally often.
///
/// A cell is a class of a group. In each epoch, each cell gives the same number of sequences (within one), of which there are as many as without
/// balance: a large cell is drawn in part, in each epoch another one, and a small one several times over.
package struct BalancedOrder: Sendable {
    /// The sequences of each cell, in rising order.
    private let cells: [[Int]]
    private let count: Int

    /// nil for sequences of less than two groups.
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
        // Those cells that give one more than others.
        let lucky = Set(random.permutation(cells.count).prefix(count % cells.count))
        for (number, cell) in cells.enumerated() {
            var missing = count / cells.count + (lucky.contains(number) ? 1 : 0)
            while missing > 0 {
                let round = random.permutation(cell.count).prefix(missing)
                drawn += round.map { cell[$0] }
                missing -= round.count
            }
        }
        return random.permutation(count).map { drawn[$0] }
    }
}
