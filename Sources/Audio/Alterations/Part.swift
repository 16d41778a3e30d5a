/// A part of what is spoken: what is left of a recording that began late or was broken off.
///
/// Shares are of the time from the first to the last window that is loud: of 25 ms, every 10 ms, less than 30 dB below the 95th percentile of all.
struct Part {
    let from: Double
    let to: Double

    /// Seconds that are kept at least, around the middle of the part, of recordings that have as many: less has no statistics.
    private static let shortest = 0.4

    func apply(to samples: [Float], sampleRate: Int) -> [Float] {
        let speech = Self.loud(samples, sampleRate: sampleRate)
        let length = Double(speech.count)
        let middle = Double(speech.lowerBound) + length * (from + to) / 2
        let kept = min(Double(samples.count), max(length * (to - from), Self.shortest * Double(sampleRate)))
        let start = Int(min(max(0, middle - kept / 2), Double(samples.count) - kept).rounded())
        return Array(samples[start..<min(samples.count, start + max(1, Int(kept.rounded())))])
    }

    /// From the first to the last loud window; all of what is silent, or shorter than a window.
    private static func loud(_ samples: [Float], sampleRate: Int) -> Range<Int> {
        let window = max(1, sampleRate / 40)
        let hop = max(1, sampleRate / 100)
        guard samples.count > window else { return samples.indices }
        let energies = stride(from: 0, through: samples.count - window, by: hop).map { start in
            samples[start..<start + window].reduce(0) { $0 + Double($1) * Double($1) }
        }
        let threshold = energies.sorted()[Int(0.95 * Double(energies.count - 1))] / 1000
        guard let first = energies.firstIndex(where: { $0 > threshold }), let last = energies.lastIndex(where: { $0 > threshold }) else {
            return samples.indices
        }
        return first * hop..<last * hop + window
    }
}
