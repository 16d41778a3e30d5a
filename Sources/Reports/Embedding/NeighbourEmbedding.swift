import Foundation
import StimmungSupport
import StimmungTensors

/// t-SNE: a map in the plane that keeps near points near. Exact, O(N²) per step, for up to a few thousand points.
///
/// Let p_{j|i} ∝ exp(−‖x_i − x_j‖² / 2σ_i²) for points x_i in many dimensions, with σ_i chosen for the given perplexity, and p_ij = (p_{j|i} + p_{i|j}) / 2N.
/// Gradient descent with momentum and gains finds the y_i whose q_ij ∝ 1 / (1 + ‖y_i − y_j‖²) minimise KL(p‖q). Distances between far groups and sizes of
/// groups have no meaning.
///
/// It starts from the first two principal components, not at random, so the same points give the same map (D. Kobak, P. Berens, *The art of using
/// t-SNE for single-cell transcriptomics*, 2019).
///
/// Source: L. van der Maaten, G. Hinton, *Visualizing data using t-SNE*, JMLR 9 (2008).
package struct NeighbourEmbedding: Sendable {
    /// Effective number of neighbours; at most a third of the points.
    package var perplexity = 30.0
    package var steps = 1000
    package var workers = Workers()

    /// Early exaggeration: attraction is increased, so that groups form.
    private static let earlySteps = 250
    private static let exaggeration = 12.0

    package init() {}

    /// - Parameter points: N × D.
    /// - Returns: N × 2.
    package func map(_ points: Matrix) -> Matrix {
        let n = points.rows
        guard n > 3 else { return Matrix(rows: n, columns: 2, elements: (0..<n).flatMap { [Float($0), 0] }) }
        let p = joint(points)
        var y = start(points)
        var velocity = [Double](repeating: 0, count: 2 * n)
        var gains = [Double](repeating: 1, count: 2 * n)
        let rate = max(Double(n) / Self.exaggeration / 4, 50)
        for step in 0..<steps {
            let early = step < Self.earlySteps
            let gradient = gradient(p, y, exaggeration: early ? Self.exaggeration : 1)
            let momentum = early ? 0.5 : 0.8
            for k in y.indices {
                gains[k] = max((gradient[k] > 0) == (velocity[k] > 0) ? gains[k] * 0.8 : gains[k] + 0.2, 0.01)
                velocity[k] = momentum * velocity[k] - rate * gains[k] * gradient[k]
                y[k] += velocity[k]
            }
            centre(&y)
        }
        return Matrix(rows: n, columns: 2, elements: y.map { Float($0) })
    }

    private func start(_ points: Matrix) -> [Double] {
        let components = PrincipalComponents(of: points, count: 2)
        let deviation = max((components.variances.first ?? 0).squareRoot(), .leastNormalMagnitude)
        return (0..<points.rows).flatMap { row -> [Double] in
            let score = components.scores.row(row).map { Double($0) / deviation * 1e-4 }
            // Equal points would stay equal; a millionth of the spread separates them.
            let place = [score[0], score.count > 1 ? score[1] : 0]
            return place.enumerated().map { axis, value in value + 1e-10 * Double((2 * row + axis) % 97) }
        }
    }

    /// ∂KL/∂y_i = 4 Σ_j (p_ij − q_ij) (y_i − y_j) / (1 + ‖y_i − y_j‖²)
    private func gradient(_ p: [[Float]], _ y: [Double], exaggeration: Double) -> [Double] {
        let n = p.count
        // For each point: the sum of attraction, the unnormalised sum of repulsion, and its share of the norm.
        let sums = workers.map(n) { i -> [Double] in
            var (ax, ay, rx, ry, norm) = (0.0, 0.0, 0.0, 0.0, 0.0)
            y.withUnsafeBufferPointer { y in
                p[i].withUnsafeBufferPointer { p in
                    let (x0, y0) = (y[2 * i], y[2 * i + 1])
                    for j in 0..<n {
                        let dx = x0 - y[2 * j]
                        let dy = y0 - y[2 * j + 1]
                        let q = 1 / (1 + dx * dx + dy * dy)
                        norm += q
                        let pull = Double(p[j]) * q
                        ax += pull * dx
                        ay += pull * dy
                        rx += q * q * dx
                        ry += q * q * dy
                    }
                }
            }
            return [ax, ay, rx, ry, norm]
        }
        // Each point counted itself once.
        let norm = max(sums.reduce(0) { $0 + $1[4] } - Double(n), .leastNormalMagnitude)
        return sums.flatMap { sum -> [Double] in
            let x = exaggeration * sum[0] - sum[2] / norm
            let y = exaggeration * sum[1] - sum[3] / norm
            return [4 * x, 4 * y]
        }
    }

    private func centre(_ y: inout [Double]) {
        for axis in 0..<2 {
            let mean = stride(from: axis, to: y.count, by: 2).reduce(0) { $0 + y[$1] } / Double(y.count / 2)
            for k in stride(from: axis, to: y.count, by: 2) { y[k] -= mean }
        }
    }

    /// p_ij, symmetric, with sum 1.
    private func joint(_ points: Matrix) -> [[Float]] {
        let n = points.rows
        let wanted = log(min(perplexity, Double(n - 1) / 3))
        let conditional = workers.map(n) { i in
            let squares = (0..<n).map { Self.squaredDistance(points.row(i), points.row($0)) }
            return Self.neighbours(squares, of: i, entropy: wanted)
        }
        let scale = 1 / Double(2 * n)
        return (0..<n).map { i -> [Float] in
            (0..<n).map { j -> Float in Float((conditional[i][j] + conditional[j][i]) * scale) }
        }
    }

    private static func squaredDistance(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
        zip(a, b).reduce(0) { sum, pair in
            let difference = Double(pair.0 - pair.1)
            return sum + difference * difference
        }
    }

    /// p_{j|i} with the deviation for the given entropy in nats, by bisection of 1/2σ².
    static func neighbours(_ squares: [Double], of i: Int, entropy wanted: Double) -> [Double] {
        let nearest = squares.indices.filter { $0 != i }.map { squares[$0] }.min() ?? 0
        let mean = squares.reduce(0, +) / Double(max(squares.count - 1, 1))
        // If all points are equal, each is equally near.
        var (low, high, precision) = (0.0, Double.infinity, mean > 0 ? 1 / mean : 1)
        var p = squares
        for _ in 0..<64 {
            // Relative to the nearest, so that not all underflow.
            for j in p.indices { p[j] = j == i ? 0 : exp(-(squares[j] - nearest) * precision) }
            let sum = p.reduce(0, +)
            let entropy = p.reduce(0) { $0 - ($1 > 0 ? $1 / sum * log($1 / sum) : 0) }
            for j in p.indices { p[j] /= sum }
            if abs(entropy - wanted) < 1e-5 { break }
            if entropy > wanted {
                low = precision
                precision = high.isFinite ? (low + high) / 2 : precision * 2
            } else {
                high = precision
                precision = (low + high) / 2
            }
        }
        return p
    }
}
