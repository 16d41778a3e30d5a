/// A part of the speech, as in a recording that starts late or stops early.
///
/// Fractions refer to the time from the first to the last loud window. Windows are 25 ms long, every 10 ms; a loud one is less than 30 dB below the 95th
/// percentile. If less than a twentieth of the recording is speech, or noise exceeds the threshold, fractions refer to nearly the whole recording.
struct Part {
    let from: Double
    let to: Double

    /// Shorter parts are extended to 0.4 s; a shorter recording is kept as a whole.
    func apply(to samples: [Float], sampleRate: Int) -> [Float] {
        // Extended around the middle of the part: shorter ones have too few frames for statistics.
        let shortest = Alteration.shortestPart * Double(sampleRate)
        let speech = Self.speech(in: samples, sampleRate: sampleRate)
        let length = Double(speech.count)
        let room = length >= shortest ? speech : samples.indices
        let middle = Double(speech.lowerBound) + length * (from + to) / 2
        let kept = min(Double(room.count), max(length * (to - from), shortest))
        let start = Int(max(Double(room.lowerBound), min(middle - kept / 2, Double(room.upperBound) - kept)).rounded())
        return Array(samples[start..<min(room.upperBound, start + Int(kept.rounded()))])
    }

    /// From the start of the first loud window to the end of the last. The whole recording if it is silent or shorter than a window.
    private static func speech(in samples: [Float], sampleRate: Int) -> Range<Int> {
        let window = sampleRate / 40
        let hop = sampleRate / 100
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
