import StimmungTensors

/// The directions of largest variance.
///
/// Rows of `scores` are the centred points along the first components, uncorrelated and with descending variance. The sign of a direction makes its largest
/// element positive.
///
/// Source: I. T. Jolliffe, *Principal component analysis* (2002).
package struct PrincipalComponents: Sendable {
    /// One direction of length 1 per row: K × D.
    package let directions: Matrix
    /// N × K
    package let scores: Matrix
    /// Variances of the scores, descending; divided by N.
    package let variances: [Double]
    /// The sum over all dimensions.
    package let totalVariance: Double

    /// - Parameters:
    ///   - points: N × D, N at least 1.
    ///   - count: K; at most D are returned.
    package init(of points: Matrix, count: Int) {
        let (n, d) = (points.rows, points.columns)
        precondition(n > 0 && d > 0 && count > 0, "\(n) points of \(d) numbers, \(count) components")
        var mean = [Double](repeating: 0, count: d)
        for row in 0..<n { for (k, value) in points.row(row).enumerated() { mean[k] += Double(value) / Double(n) } }
        let centred = (0..<n).map { row in zip(points.row(row), mean).map { Double($0) - $1 } }
        var covariance = [[Double]](repeating: [Double](repeating: 0, count: d), count: d)
        for point in centred {
            for i in 0..<d {
                let share = point[i] / Double(n)
                for j in i..<d { covariance[i][j] += share * point[j] }
            }
        }
        for i in 0..<d { for j in 0..<i { covariance[i][j] = covariance[j][i] } }
        totalVariance = (0..<d).reduce(0) { $0 + covariance[$1][$1] }
        let (values, vectors) = SymmetricEigenvalues.of(covariance)
        let order = Array(values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count))
        let kept = order.map { index -> [Double] in
            let vector = vectors.map { $0[index] }
            let largest = vector.max { abs($0) < abs($1) } ?? 1
            return largest < 0 ? vector.map { -$0 } : vector
        }
        variances = order.map { max(values[$0], 0) }
        directions = Matrix(rows: kept.count, columns: d, elements: kept.joined().map { Float($0) })
        var scores = Matrix(rows: n, columns: kept.count)
        for (row, point) in centred.enumerated() {
            for (column, direction) in kept.enumerated() {
                var product = 0.0
                for i in 0..<d { product += point[i] * direction[i] }
                scores[row, column] = Float(product)
            }
        }
        self.scores = scores
    }
}
