import func Foundation.cos
import func Foundation.log10
import func Foundation.sin

/// How regular the voice is: jitter, shimmer and the ratio of harmonics to noise, of the periods around a frame's middle.
///
/// - Jitter is the mean difference of neighbouring periods over their mean; shimmer the same of the periods' amplitudes, which are
///   measured around the largest magnitude in a period. Neighbours that differ by more than a factor of 1.3 in length or 1.6 in
///   amplitude are no neighbours and do not count (*local* jitter and shimmer of P. Boersma, D. Weenink, *Praat*).
/// - The ratio is 10 lg(r / (1 − r)) decibels, r the correlation of the middle half with itself a period later, from −20 to 40.
///
/// A period is the lag at which a stretch of signal as long as a period is most like what follows it, to a fraction of a sample.
/// Frames that are not voiced have a jitter and a shimmer of 0; the last value is kept where a voiced frame has less than two pairs.
struct VoiceQuality: TrackedFeature, FixedColumns {
    private static let longestRatio: Float = 1.3
    private static let loudestRatio: Float = 1.6
    /// Of a period, how far from its length a neighbour's is looked for.
    private static let search: Float = 0.2
    /// A stretch that is less like the next than this, as a normalised correlation, is not a period.
    private static let leastLikeness: Float = 0.5
    /// Lags on either side that a correlation between two lags is computed from.
    private static let interpolation = 8
    /// Places between two lags where it is computed.
    private static let phases = 16
    /// For each place the weights of the lags around: a sinc function under a Hann window.
    private static let interpolator: [[Float]] = (0..<phases).map { phase in
        (1 - interpolation...interpolation).map { lag in
            let distance = Double(phase) / Double(phases) - Double(lag)
            let sinc = distance == 0 ? 1 : sin(.pi * distance) / (.pi * distance)
            return Float(sinc * (0.5 + 0.5 * cos(.pi * distance / Double(interpolation))))
        }
    }

    private let sampleRate: Float
    private var jitter: Float = 0
    private var shimmer: Float = 0
    private var marks: [Mark] = []

    /// A period: its length in samples up to the next mark and the amplitude at its own.
    private struct Mark {
        var length: Float?
        var amplitude: Float
    }

    static let names = ["jitter", "shimmer", "hnr"]
    /// Six periods, as neighbouring ones are compared.
    static let reach = 2

    init(_ options: FeatureOptions) {
        sampleRate = Float(options.sampleRate)
    }

    mutating func measure(_ pitch: PitchPoint, samples: UnsafeBufferPointer<Float>, into row: UnsafeMutableBufferPointer<Float>) {
        guard pitch.frequency > 0 else {
            row[0] = 0
            row[1] = 0
            row[2] = harmonicsToNoise(pitch.periodicity)
            return
        }
        let period = sampleRate / pitch.frequency
        findMarks(samples, period: period)
        perturb()
        row[0] = jitter
        row[1] = shimmer
        let quarter = samples.count / 4
        let inner = UnsafeBufferPointer(rebasing: samples[quarter..<samples.count - quarter])
        row[2] = harmonicsToNoise(correlation(inner, lag: period))
    }

    mutating func reset() {
        jitter = 0
        shimmer = 0
    }

    private func harmonicsToNoise(_ correlation: Float) -> Float {
        let r = min(max(correlation, 1e-6), 1 - 1e-6)
        return min(max(10 * log10(r / (1 - r)), -20), 40)
    }

    /// Follows the periods from the largest magnitude in the middle to both ends.
    private mutating func findMarks(_ samples: UnsafeBufferPointer<Float>, period: Float) {
        marks.removeAll(keepingCapacity: true)
        let length = Int(period.rounded())
        let half = length / 2
        let centre = samples.count / 2
        var first = max(half, centre - half)
        for index in first..<min(samples.count - half, centre + half) where abs(samples[index]) > abs(samples[first]) { first = index }

        var mark = first
        while let lag = bestLag(samples, from: mark - half, count: length, period: period, direction: 1) {
            marks.append(Mark(length: lag, amplitude: amplitude(samples, at: mark, reach: Int(0.2 * period))))
            mark += Int(lag.rounded())
        }
        marks.append(Mark(length: nil, amplitude: amplitude(samples, at: mark, reach: Int(0.2 * period))))
        mark = first
        while let lag = bestLag(samples, from: mark - half, count: length, period: period, direction: -1) {
            mark -= Int(lag.rounded())
            marks.insert(Mark(length: lag, amplitude: amplitude(samples, at: mark, reach: Int(0.2 * period))), at: 0)
        }
    }

    /// The lag at which `count` samples are most like those so much later (`direction` 1) or earlier (−1); nil where the samples
    /// end or are like none.
    private func bestLag(
        _ samples: UnsafeBufferPointer<Float>, from start: Int, count: Int, period: Float, direction: Int
    ) -> Float? {
        let shortest = Int(period * (1 - Self.search))
        let longest = Int(period * (1 + Self.search)) + 1
        let last = start + direction * (longest + 1)
        guard start >= 0, start + count <= samples.count, last >= 0, last + count <= samples.count else { return nil }
        let here = UnsafeBufferPointer(rebasing: samples[start..<start + count])
        let least = Self.leastLikeness * dot(here, here).squareRoot()
        func likeness(_ lag: Int) -> Float {
            let there = UnsafeBufferPointer(rebasing: samples[start + direction * lag..<start + direction * lag + count])
            let energy = dot(there, there)
            return energy > 0 ? dot(here, there) / energy.squareRoot() : 0
        }
        var (before, current, after) = (likeness(shortest - 1), likeness(shortest), likeness(shortest + 1))
        var (best, value): (Float?, Float) = (nil, least)
        for lag in shortest...longest {
            if current > before && current >= after && current > value {
                best = Float(lag) + 0.5 * (before - after) / (before - 2 * current + after)
                value = current
            }
            (before, current) = (current, after)
            if lag < longest { after = likeness(lag + 2) }
        }
        return best
    }

    /// The root of the mean square around a mark, weighted with a parabola.
    private func amplitude(_ samples: UnsafeBufferPointer<Float>, at mark: Int, reach: Int) -> Float {
        var (sum, weights): (Float, Float) = (0, 0)
        for offset in -reach...reach where samples.indices.contains(mark + offset) {
            let place = Float(offset) / Float(reach + 1)
            let weight = 1 - place * place
            sum += weight * samples[mark + offset] * samples[mark + offset]
            weights += weight
        }
        return weights > 0 ? (sum / weights).squareRoot() : 0
    }

    /// Jitter and shimmer of the marks, where there are two pairs of neighbours.
    private mutating func perturb() {
        if let value = Self.perturbation(marks.compactMap(\.length), Self.longestRatio) { jitter = value }
        if let value = Self.perturbation(marks.map(\.amplitude), Self.loudestRatio) { shimmer = value }
    }

    private static func perturbation(_ values: [Float], _ largestRatio: Float) -> Float? {
        var (sum, mean, pairs): (Float, Float, Int) = (0, 0, 0)
        for (one, next) in zip(values, values.dropFirst()) where max(one, next) <= largestRatio * min(one, next) {
            sum += abs(one - next)
            mean += (one + next) / 2
            pairs += 1
        }
        return pairs >= 2 && mean > 0 ? sum / mean : nil
    }

    /// The normalised correlation of the samples with those `lag` later, the largest within a sample of it; between whole lags it is
    /// interpolated as a signal without frequencies above half the sample rate.
    private func correlation(_ samples: UnsafeBufferPointer<Float>, lag: Float) -> Float {
        let reach = Self.interpolation
        let first = Int(lag) - reach
        let count = samples.count - Int(lag) - reach - 2
        guard count > 0 else { return 0 }
        let here = UnsafeBufferPointer(rebasing: samples[..<count])
        let energy = dot(here, here)
        // The lags around, from `reach` before the last whole one; as the correlation of lag −τ would need samples before these, it is that of τ.
        let values = (0...2 * reach + 1).map { index -> Float in
            let there = UnsafeBufferPointer(rebasing: samples[abs(first + index)..<abs(first + index) + count])
            let product = energy * dot(there, there)
            return product > 0 ? dot(here, there) / product.squareRoot() : 0
        }
        var best: Float = 0
        for start in 0...2 {
            for weights in Self.interpolator {
                var sum: Float = 0
                for (index, weight) in weights.enumerated() { sum += weight * values[start + index] }
                best = max(best, sum)
            }
        }
        return best
    }
}
