import StimmungTensors

/// The adding problem: sequences with two channels, random numbers and two marks. The target at the last step is the sum of the two marked
/// numbers. Only a network that remembers a number over many steps can solve it.
///
///     numbers   0.3  0.8  0.1  0.5  0.9  0.2        uniform in 0 ..< 1
///     marks     0    1    0    0    1    0          one in the first half, one in the second
///     target                             1.7
///
/// The constant answer 1, the mean, has a mean squared error of 1/6, the variance of the sum.
///
/// Source: S. Hochreiter, J. Schmidhuber, *Long short-term memory* (1997), experiment 4. The range of the numbers, the plain sum and the
/// equal lengths follow later authors (Q. Le, N. Jaitly, G. Hinton 2015; M. Arjovsky, A. Shah, Y. Bengio 2016).
package struct AddingProblem: Sendable {
    /// Sequence length T, at least 2.
    package let steps: Int

    package init(steps: Int) {
        precondition(steps >= 2, "two marked numbers need two steps")
        self.steps = steps
    }

    /// The expected squared error of the answer 1.
    package static let baseline = 1.0 / 6

    /// The sequences of one batch, all of T steps.
    package struct Examples: Sendable {
        package let batch: PackedBatch
        /// R packed rows, `R × 2`.
        package let input: Matrix
        /// One target per sequence.
        package let targets: [Float]
    }

    package func examples(_ count: Int, using random: inout RandomSource) -> Examples {
        // Packing keeps the order of sequences of equal length, so step t of sequence n is row t · count + n.
        var input = Matrix(rows: steps * count, columns: 2)
        var targets: [Float] = []
        for n in 0..<count {
            for t in 0..<steps { input[t * count + n, 0] = random.uniform() }
            let marked = [random.index(below: steps / 2), steps / 2 + random.index(below: steps - steps / 2)]
            for t in marked { input[t * count + n, 1] = 1 }
            targets.append(marked.reduce(0) { $0 + input[$1 * count + n, 0] })
        }
        return Examples(batch: PackedBatch(lengths: [Int](repeating: steps, count: count)), input: input, targets: targets)
    }
}

extension AddingProblem.Examples {
    /// The mean squared error of a network's outputs at the last step.
    var loss: SquaredErrorLoss {
        SquaredErrorLoss(
            from: input.rows - targets.count, targets: Matrix(rows: targets.count, columns: 1, elements: targets),
            scale: 1 / Float(targets.count))
    }
}
