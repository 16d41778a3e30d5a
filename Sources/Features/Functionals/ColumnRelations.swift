/// Correlations between the columns of an utterance, and autocorrelations of each, which show rhythms such as that of syllables.
///
/// For T frames and a standardised column z (0 throughout if the column is constant):
///
///     autocorrelation   r(τ) = Σ_{t < T − τ} z_t z_{t+τ} / (T − τ)
///     correlation       ρ = Σ_t z_t z′_t / T
///
/// r may exceed ±1 if T is little more than 2 τ. Below 2 τ there are too few products, and r is 0.
package struct ColumnRelations {
    /// z of each column.
    private var columns: [[Float]] = []

    package init() {}

    /// Adds a column of T ≥ 1 values; all columns must have the same length.
    package mutating func append(_ values: [Float]) {
        append(values, ColumnStatistics.moments(of: values))
    }

    /// Adds a column with known moments.
    mutating func append(_ values: [Float], _ moments: (mean: Double, variance: Double)) {
        precondition(!values.isEmpty && values.count == columns.first?.count ?? values.count, "\(values.count) values in a column")
        let (mean, variance) = moments
        if ColumnStatistics.isConstant(mean: mean, variance: variance) {
            columns.append([Float](repeating: 0, count: values.count))
        } else {
            let scale = 1 / variance.squareRoot()
            columns.append(values.map { Float((Double($0) - mean) * scale) })
        }
    }

    /// r at each lag (in frames), column by column.
    package func autocorrelations(_ lags: [Int]) -> [Float] {
        columns.flatMap { column in
            lags.map { lag in
                let products = column.count - lag
                return products < lag ? 0 : dot(column[..<products], column[lag...]) / Float(products)
            }
        }
    }

    /// ρ of the first column with each after it, of the second with each after it, and so on.
    package var correlations: [Float] {
        columns.indices.flatMap { first in
            columns[(first + 1)...].map { dot(columns[first][...], $0[...]) / Float($0.count) }
        }
    }

    private func dot(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
        a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in StimmungFeatures.dot(a, b) } }
    }
}
