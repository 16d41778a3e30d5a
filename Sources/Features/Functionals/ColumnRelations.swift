/// How the columns of an utterance go together, and how fast they change and come back, as in syllables.
///
/// With z a column less its mean over its deviation, 0 throughout where it is constant, and T frames:
///
///     autocorrelation   r(τ) = Σ_{t < T − τ} z_t z_{t+τ} / (T − τ)
///     correlation       ρ = Σ_t z_t z′_t / T
///
/// 1 means alike, 0 that the one tells nothing of the other, below 0 that it goes the other way. r may pass ±1 where T is little more than 2 τ;
/// where it is less there are too few products, and r is 0.
package struct ColumnRelations {
    /// z of each column.
    private var columns: [[Float]] = []

    package init() {}

    /// Adds a column, T ≥ 1 numbers, as many as the columns before.
    package mutating func append(_ values: [Float]) {
        precondition(!values.isEmpty && values.count == columns.first?.count ?? values.count, "\(values.count) numbers in a column")
        let (mean, variance) = ColumnStatistics.moments(of: values)
        if ColumnStatistics.isConstant(mean: mean, variance: variance) {
            columns.append([Float](repeating: 0, count: values.count))
        } else {
            let scale = 1 / variance.squareRoot()
            columns.append(values.map { Float((Double($0) - mean) * scale) })
        }
    }

    /// r at each of the lags, in frames, column by column.
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
