extension PackedBatch {
    /// For each packed row the row of the same sequence that is as far from its end as this one is from its start.
    ///
    ///     lengths 3, 2      rows      a1 b1  a2 b2  a3
    ///                       reversed  a3 b2  a2 b1  a1
    ///
    /// A permutation that is its own inverse: each sequence is reversed within its own length, whatever the others' lengths.
    package var reversal: [Int] {
        var result: [Int] = []
        result.reserveCapacity(rows)
        for (step, count) in counts.enumerated() {
            for place in 0..<count { result.append(row(place: place, step: lengths[place] - 1 - step)) }
        }
        return result
    }
}
