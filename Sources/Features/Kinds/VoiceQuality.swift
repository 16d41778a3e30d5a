import func Foundation.cos
import func Foundation.log10
import func Foundation.sin

/// Regularity of the voice: jitter, shimmer and the harmonics-to-noise ratio of the periods around a frame's middle.
///
/// - Jitter is the mean absolute difference between neighbouring periods, divided by their mean. Shimmer is the same for the periods'
///   amplitudes, which are measured around the largest magnitude of a period. Pairs that differ by more than a factor of 1.3 in length or
///   1.6 in amplitude are ignored (*local* jitter and shimmer of P. Boersma, D. Weenink, *Praat*).
/// - The harmonics-to-noise ratio is 10 lg(r / (1 − r)) dB, limited to −20 … 40, where r is the correlation of the middle half of the
///   samples with itself one period later.
///
/// A period is the lag at which a stretch of one period correlates best with the signal that follows it, to a fraction of a sample. In
/// unvoiced frames, jitter and shimmer are 0. A voiced frame with fewer than two pairs keeps the last value.
struct VoiceQuality: TrackedFeature, FixedColumns {
    private static let longestRatio: Float = 1.3
    private static let loudestRatio: Float = 1.6
    /// Search range of a neighbouring period's length, as a fraction of the period.
    private static let search: Float = 0.2
    /// Minimum normalised correlation of a stretch with the next for it to be a period.
    private static let leastLikeness: Float = 0.5
    /// Lags on either side from which a correlation between two lags is interpolated.
    private static let interpolation = 8
    /// Interpolated positions per lag.
    private static let phases = 16
    /// The weights of the surrounding lags at each position: a sinc function with a Hann window.
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

    /// A period mark: the length in samples to the next mark, and the amplitude at this one.
    private struct Mark {
        var length: Float?
        var amplitude: Float
    }

    static let names = ["jitter", "shimmer", "hnr"]
    /// Six periods, because neighbouring periods are compared.
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

    /// Marks the periods from the largest magnitude in the middle outwards to both ends.
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

    /// The lag at which `count` samples correlate best with later (`direction` 1) or earlier (−1) samples; nil if the samples end or none
    /// correlate enough.
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

    /// The root mean square around a mark, weighted with a parabola.
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

    /// Updates jitter and shimmer from the marks if there are at least two pairs of neighbours.
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

    /// The largest normalised correlation of the samples with later ones, at lags within one sample of `lag`. Values between whole lags are
    /// interpolated as a band-limited signal.
    private func correlation(_ samples: UnsafeBufferPointer<Float>, lag: Float) -> Float {
        let reach = Self.interpolation
        let first = Int(lag) - reach
        let count = samples.count - Int(lag) - reach - 2
        guard count > 0 else { return 0 }
        let here = UnsafeBufferPointer(rebasing: samples[..<count])
        let energy = dot(here, here)
        // The surrounding lags, starting `reach` before the whole lag. A negative lag −τ, which would need earlier samples, uses τ.
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
