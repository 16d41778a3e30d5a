/// Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations.
///
/// Source: G. H. Golub, C. F. Van Loan, *Matrix computations* (2013), section 8.5.
enum SymmetricEigenvalues {
    /// Largest number of sweeps; six to ten make the off-diagonal elements negligible.
    private static let mostSweeps = 60

    /// - Returns: the eigenvalues in any order, and the eigenvectors as the columns of `vectors`.
    static func of(_ matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
        let n = matrix.count
        var a = matrix
        var v = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0 } }
        let size = a.joined().reduce(0) { $0 + $1 * $1 }
        for _ in 0..<mostSweeps {
            let rest = (0..<n).reduce(0.0) { sum, i in sum + (0..<i).reduce(0) { $0 + a[i][$1] * a[i][$1] } }
            if rest <= size * 1e-24 { break }
            for p in 0..<n {
                for q in (p + 1)..<max(n, p + 1) where a[p][q] != 0 {
                    let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                    let t = (theta >= 0 ? 1 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    rotate(&a, &v, plane: (p, q), by: (c, t * c))
                }
            }
        }
        return ((0..<n).map { a[$0][$0] }, v)
    }

    /// a ← Jᵀ a J and v ← v J with the rotation J of the plane p, q by an angle of cosine c and sine s.
    private static func rotate(
        _ a: inout [[Double]], _ v: inout [[Double]], plane: (p: Int, q: Int), by angle: (c: Double, s: Double)
    ) {
        let ((p, q), (c, s)) = (plane, angle)
        for k in a.indices {
            let (x, y) = (a[k][p], a[k][q])
            a[k][p] = c * x - s * y
            a[k][q] = s * x + c * y
            let (u, w) = (v[k][p], v[k][q])
            v[k][p] = c * u - s * w
            v[k][q] = s * u + c * w
        }
        for k in a.indices {
            let (x, y) = (a[p][k], a[q][k])
            a[p][k] = c * x - s * y
            a[q][k] = s * x + c * y
        }
    }
}
