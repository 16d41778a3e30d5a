import StimmungTensors

extension Normaliser {
    /// Undoes `apply(to:)`: every row of `frames`, which must have a column for each mean, gets its deviation and its mean back.
    package func undo(on frames: inout Matrix) {
        precondition(frames.columns == mean.count, "\(frames.columns) columns for \(mean.count) means")
        let scales = deviation.map { max($0, Normaliser.minimumDeviation) }
        for row in 0..<frames.rows {
            for column in 0..<frames.columns { frames[row, column] = frames[row, column] * scales[column] + mean[column] }
        }
    }
}
