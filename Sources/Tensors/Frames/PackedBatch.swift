/// The layout of a batch of sequences of mixed lengths as one matrix without padding.
///
/// Sequences are sorted longest first. A packed matrix holds the first frame of every sequence, then the second frame of every sequence
/// that has one, and so on: step t is rows `offsets[t] ..< offsets[t] + counts[t]`. Counts never increase, so the sequences that continue
/// from step t to t + 1 are the first `counts[t + 1]` rows of step t, and a recurrent layer works on contiguous blocks:
///
///     lengths 3, 2      step   0     1     2
///                       rows   0 1   2 3   4
///                              a b   a b   a
package struct PackedBatch: Sendable, Equatable {
    /// For each packed place, longest sequence first, the index of its sequence in the order given to `init`.
    package let order: [Int]
    /// Lengths in packed order, never increasing.
    package let lengths: [Int]
    /// Number of sequences at each step, never increasing.
    package let counts: [Int]
    /// First row of each step.
    package let offsets: [Int]

    /// Number of time steps, the longest length.
    package var steps: Int { counts.count }
    /// Total number of frames.
    package var rows: Int { lengths.reduce(0, +) }
    /// Number of sequences.
    package var sequences: Int { order.count }

    /// - Parameter lengths: frames per sequence, at least 1. Sequences of equal length keep their order.
    package init(lengths given: [Int]) {
        precondition(given.allSatisfy { $0 > 0 }, "a sequence has at least one frame")
        order = given.indices.sorted { (given[$0], $1) > (given[$1], $0) }
        lengths = order.map { given[$0] }
        var counts: [Int] = []
        var offsets: [Int] = []
        var active = order.count
        var row = 0
        for step in 0..<(lengths.first ?? 0) {
            while lengths[active - 1] <= step { active -= 1 }
            counts.append(active)
            offsets.append(row)
            row += active
        }
        self.counts = counts
        self.offsets = offsets
    }

    /// The packed row of frame `step` of the sequence at packed place `place`.
    package func row(place: Int, step: Int) -> Int {
        offsets[step] + place
    }

    /// The packed rows of a range of steps.
    package func rows(of steps: Range<Int>) -> Range<Int> {
        guard let last = steps.last else { return 0..<0 }
        return offsets[steps.lowerBound]..<offsets[last] + counts[last]
    }

    /// Consecutive steps in groups of at least `wanted` rows; the last group may have fewer.
    package func chunks(rows wanted: Int) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var first = 0
        var rows = 0
        for step in 0..<steps {
            rows += counts[step]
            if rows >= wanted || step == steps - 1 {
                groups.append(first..<step + 1)
                first = step + 1
                rows = 0
            }
        }
        return groups
    }

    /// Packs sequences, given in their original order, into `packed`.
    ///
    /// - Parameter sequences: matrices of `length × columns`.
    package func pack(_ sequences: [Matrix], into packed: inout Matrix) {
        precondition(sequences.count == order.count, "\(sequences.count) sequences for \(order.count) places")
        packed.resize(rows: rows)
        let width = packed.columns
        packed.elements.withUnsafeMutableBufferPointer { destination in
            for (place, index) in order.enumerated() {
                precondition(
                    sequences[index].columns == width && lengths[place] == sequences[index].rows, "sequence \(index) does not fit")
                sequences[index].elements.withUnsafeBufferPointer { source in
                    for step in 0..<lengths[place] {
                        let from = source[step * width..<(step + 1) * width]
                        _ = destination[((offsets[step] + place) * width)...].update(fromContentsOf: from)
                    }
                }
            }
        }
    }

    /// The frames of each sequence, in the sequences' original order.
    package func unpack(_ packed: Matrix) -> [Matrix] {
        precondition(packed.rows == rows, "\(packed.rows) rows for \(rows)")
        var result = [Matrix](repeating: Matrix(rows: 0, columns: packed.columns), count: sequences)
        for (place, index) in order.enumerated() {
            result[index].reserve(rows: lengths[place])
            for step in 0..<lengths[place] { result[index].append(rows: packed.row(row(place: place, step: step))) }
        }
        return result
    }
}

extension PackedBatch {
    /// The permutation of the packed rows that reverses each sequence in time.
    ///
    ///     lengths 3, 2      rows      a1 b1  a2 b2  a3
    ///                       reversed  a3 b2  a2 b1  a1
    ///
    /// The permutation is its own inverse. Each sequence is reversed within its own length.
    package var reversal: [Int] {
        var result: [Int] = []
        result.reserveCapacity(rows)
        for (step, count) in counts.enumerated() {
            for place in 0..<count { result.append(row(place: place, step: lengths[place] - 1 - step)) }
        }
        return result
    }
}
