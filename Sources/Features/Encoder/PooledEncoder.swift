import func Foundation.log10
import StimmungEncoders
import StimmungTensors

/// Mean and deviation of an encoder's frames, one row for a stretch of speech.
///
/// Which frames are pooled decides whether a classifier holds elsewhere: soft frames and silence tell the room from the speech
/// (`docs/notebook/encoder.md`). The level of a frame is its mean square in decibels, averaged over three frames. The loud level is exceeded by one frame in 20.
/// Frames count that are at most `range` decibels below it. The stretch is cut to them, with 40 ms before and after, before it is encoded.
struct PooledEncoder: Sendable {
    let encoder: any FrameEncoder
    /// In decibels.
    let range: Double

    /// Frames kept before the first loud frame and after the last one.
    private static let margin = 2

    /// Values per row.
    var width: Int { 2 * encoder.width }

    /// The means of all columns, then their deviations.
    func row(of samples: [Float]) -> [Float] {
        let levels = levels(of: samples)
        let threshold = levels.sorted()[levels.count - 1 - levels.count / 20] - range
        guard let first = levels.firstIndex(where: { $0 >= threshold }), let last = levels.lastIndex(where: { $0 >= threshold }) else {
            return [Float](repeating: 0, count: width)
        }
        let kept = max(0, first - Self.margin)..<min(levels.count, last + 1 + Self.margin)
        let end = kept.upperBound == levels.count ? samples.count : kept.upperBound * encoder.hop
        let frames = encoder.encodeAll(Array(samples[kept.lowerBound * encoder.hop..<end]))
        var sums = [Double](repeating: 0, count: encoder.width)
        var squares = sums
        var count = 0
        for row in 0..<frames.rows {
            // A last frame of less than a hop has no level of its own.
            guard levels[min(kept.lowerBound + row, levels.count - 1)] >= threshold else { continue }
            count += 1
            for (column, value) in frames.row(row).enumerated() {
                sums[column] += Double(value)
                squares[column] += Double(value) * Double(value)
            }
        }
        guard count > 0 else { return [Float](repeating: 0, count: width) }
        let means = sums.map { $0 / Double(count) }
        let deviations = zip(squares, means).map { Float(max(0, $0 / Double(count) - $1 * $1).squareRoot()) }
        return means.map { Float($0) } + deviations
    }

    /// The level of each frame in decibels; at least one.
    private func levels(of samples: [Float]) -> [Double] {
        let count = max(1, samples.count / encoder.hop)
        let powers = (0..<count).map { frame in
            samples[frame * encoder.hop..<min((frame + 1) * encoder.hop, samples.count)].reduce(0) { $0 + Double($1) * Double($1) }
                / Double(encoder.hop)
        }
        let levels = powers.map { 10 * log10($0 + 1e-10) }
        return levels.indices.map { index in
            let near = levels[max(0, index - 1)...min(count - 1, index + 1)]
            return near.reduce(0, +) / Double(near.count)
        }
    }
}
