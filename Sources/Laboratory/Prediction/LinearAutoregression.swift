import StimmungBoltzmann
import StimmungTensors

/// Linear prediction of a frame from the n frames before it, by least squares: x̂_t = b + x_{<t} A.
///
///     let linear = LinearAutoregression(FrameWindows(utterances: training, order: 3))
///     let x̂ = linear.predictions(FrameWindows(utterances: test, order: 3))
///
/// This is the best that a conditional Boltzmann machine without hidden units can do, and therefore the baseline for its hidden units.
///
/// Shapes: N frames of V values, P = n · V values in the n frames before.
package struct LinearAutoregression: Sendable, Equatable {
    /// [A; b], `(P + 1) × V`, in double precision.
    private let weights: [Double]
    private let width: Int
    private let order: Int

    /// Solves the normal equations (Σ zᵀz) [A; b] = Σ zᵀx of rows z = [x_{<t}, 1].
    ///
    /// - Parameter windows: at least one training frame. If the frames do not determine the weights, the solution approximates the one of
    ///   smallest norm.
    package init(_ windows: FrameWindows) {
        width = windows.width
        order = windows.order
        let (p, v) = (order * width + 1, width)
        var normal = [Double](repeating: 0, count: p * p)
        var right = [Double](repeating: 0, count: p * v)
        let (past, frames) = (windows.past, windows.frames)
        for row in 0..<windows.count {
            let z = past.row(row).map(Double.init) + [1]
            let x = frames.row(row).map(Double.init)
            for i in 0..<p {
                for j in 0...i { normal[i * p + j] += z[i] * z[j] }
                for j in 0..<v { right[i * v + j] += z[i] * x[j] }
            }
        }
        // A tiny ridge, far below the variance of real frames, keeps the equations solvable if columns are linearly dependent.
        for i in 0..<p { normal[i * p + i] += 1e-9 * (normal[i * p + i] + 1) }
        weights = Self.solve(&normal, right, size: p)
    }

    /// x̂ of every frame, `N × V`.
    package func predictions(_ windows: FrameWindows) -> Matrix {
        precondition(windows.width == width && windows.order == order, "frames have a different width or order")
        let past = windows.past
        var result = Matrix(rows: windows.count, columns: width)
        for row in 0..<windows.count {
            let z = past.row(row).map(Double.init) + [1]
            var x = [Double](repeating: 0, count: width)
            for (i, z) in z.enumerated() {
                for j in 0..<width { x[j] += z * weights[i * width + j] }
            }
            for j in 0..<width { result[row, j] = Float(x[j]) }
        }
        return result
    }

    /// Solves `matrix` · X = `right` by Cholesky decomposition. `matrix` is symmetric and positive definite; only its lower half is read.
    private static func solve(_ matrix: inout [Double], _ right: [Double], size n: Int) -> [Double] {
        let columns = right.count / n
        for i in 0..<n {
            for j in 0...i {
                var sum = matrix[i * n + j]
                for k in 0..<j { sum -= matrix[i * n + k] * matrix[j * n + k] }
                matrix[i * n + j] = i == j ? sum.squareRoot() : sum / matrix[j * n + j]
            }
        }
        var x = right
        for i in 0..<n {
            for c in 0..<columns {
                for k in 0..<i { x[i * columns + c] -= matrix[i * n + k] * x[k * columns + c] }
                x[i * columns + c] /= matrix[i * n + i]
            }
        }
        for i in (0..<n).reversed() {
            for c in 0..<columns {
                for k in i + 1..<n { x[i * columns + c] -= matrix[k * n + i] * x[k * columns + c] }
                x[i * columns + c] /= matrix[i * n + i]
            }
        }
        return x
    }
}
