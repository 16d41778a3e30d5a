import Foundation
import StimmungNetworks
import StimmungTensors

/// A loss on a network's output rows, including its targets, with its curvature for second-order optimisation.
///
/// Shapes: R rows of K outputs.
package protocol OutputLoss: Sendable {
    /// Replaces the output, `R × K`, by the gradient of the loss, and returns the loss.
    func gradient(_ output: inout Matrix) -> Double
    /// Replaces a tangent of the output, R{a}, by H R{a}, where H is the Hessian of the loss at this output.
    func curvature(_ output: Matrix, _ tangent: inout Matrix)
    /// Br, `R × K`, where BBᵀ = H and r are random signs. The square of its back-propagated gradient estimates the diagonal of the
    /// Gauss–Newton matrix.
    ///
    /// Source: O. Chapelle, D. Erhan, *Improved preconditioner for Hessian-free optimization* (2011).
    func curvatureFactor(_ output: Matrix, using random: inout RandomSource) -> Matrix
}

/// Cross-entropy: scale · Σ_r −log softmax(a_r)[y_r].
package struct CrossEntropyLoss: OutputLoss {
    /// The class y of each row.
    package let targets: [Int]
    package let scale: Float

    package init(targets: [Int], scale: Float) {
        self.targets = targets
        self.scale = scale
    }

    package func gradient(_ output: inout Matrix) -> Double {
        let weights = [Float](repeating: 1, count: output.columns)
        return FrameLoss().gradient(&output, targets: targets, weights: weights, scale: scale).loss * Double(scale)
    }

    /// H = scale · (diag(p) − ppᵀ) per row, with p = softmax(a).
    package func curvature(_ output: Matrix, _ tangent: inout Matrix) {
        let p = posteriors(output)
        for row in 0..<output.rows {
            let mean = (0..<output.columns).reduce(Float(0)) { $0 + p[row, $1] * tangent[row, $1] }
            for k in 0..<output.columns { tangent[row, k] = scale * p[row, k] * (tangent[row, k] - mean) }
        }
    }

    /// B = √scale · (diag(√p) − p√pᵀ)
    package func curvatureFactor(_ output: Matrix, using random: inout RandomSource) -> Matrix {
        var result = posteriors(output)
        let factor = scale.squareRoot()
        for row in 0..<output.rows {
            let signed = (0..<output.columns).map { (random.uniform() < 0.5 ? -1 : 1) * result[row, $0].squareRoot() }
            let sum = signed.reduce(0, +)
            for k in 0..<output.columns { result[row, k] = factor * (signed[k] - result[row, k] * sum) }
        }
        return result
    }

    private func posteriors(_ output: Matrix) -> Matrix {
        var result = output
        LogSoftmax.apply(&result)
        for i in result.elements.indices { result.elements[i] = exp(result.elements[i]) }
        return result
    }
}

/// Squared error: scale · Σ_r ‖a_r − y_r‖², from a given row on; earlier rows are ignored.
package struct SquaredErrorLoss: OutputLoss {
    /// The first row included, and the targets of this and the following rows.
    package let first: Int
    package let targets: Matrix
    package let scale: Float

    package init(from first: Int = 0, targets: Matrix, scale: Float) {
        self.first = first
        self.targets = targets
        self.scale = scale
    }

    func weighted(by factor: Float) -> SquaredErrorLoss {
        SquaredErrorLoss(from: first, targets: targets, scale: scale * factor)
    }

    package func gradient(_ output: inout Matrix) -> Double {
        var sum = 0.0
        for row in 0..<output.rows {
            for k in 0..<output.columns {
                let difference = row < first ? 0 : output[row, k] - targets[row - first, k]
                sum += Double(difference * difference)
                output[row, k] = 2 * scale * difference
            }
        }
        return Double(scale) * sum
    }

    /// H = 2 · scale · I for the rows included.
    package func curvature(_ output: Matrix, _ tangent: inout Matrix) {
        for row in 0..<output.rows {
            for k in 0..<output.columns { tangent[row, k] *= row < first ? 0 : 2 * scale }
        }
    }

    package func curvatureFactor(_ output: Matrix, using random: inout RandomSource) -> Matrix {
        var result = Matrix(rows: output.rows, columns: output.columns)
        let factor = (2 * scale).squareRoot()
        for row in first..<output.rows {
            for k in 0..<output.columns { result[row, k] = random.uniform() < 0.5 ? -factor : factor }
        }
        return result
    }
}
