import StimmungTensors

/// Deterministic speech-like signals at 16 kHz: pulses of varying pitch through two varying resonances, in syllables with pauses.
///
/// Uses only additions, multiplications and divisions, so that the samples do not depend on the mathematics library.
struct SyntheticSpeech {
    /// Fundamental frequency in hertz.
    var pitch = 150.0
    /// Range of the pitch, relative to its mean.
    var movement = 0.2
    /// Syllables per second.
    var rate = 4.0
    /// Peak of the voice before noise is added.
    var level = 0.4
    /// Proportion of noise in the voice.
    var breath = 0.02
    var seed: UInt64 = 1

    private static let sampleRate = 16_000.0
    private static let pi = 3.141592653589793

    func samples(seconds: Double) -> [Float] {
        var random = RandomSource(seed: seed)
        var resonances = [Resonance(), Resonance()]
        var phase = 0.0
        return (0..<Int(seconds * Self.sampleRate)).map { t in
            let time = Double(t) / Self.sampleRate
            let syllable = fraction(time * rate)
            phase = fraction(phase + pitch * (1 + movement * wave(0.7 * time)) / Self.sampleRate)
            // A glottal pulse: open for 60 % of the period, with an abrupt closure.
            let pulse = phase < 0.6 ? 6 * phase * phase - 4 * phase : 0
            let noise = Double(random.uniform()) - 0.5
            // The last quarter of a syllable is a pause.
            let envelope = syllable < 0.75 ? 4 * (syllable / 0.75) * (1 - syllable / 0.75) : 0
            var sample = envelope * (pulse + breath * noise)
            sample = resonances[0].filter(sample, frequency: 500 + 200 * wave(0.45 * rate * time), bandwidth: 90)
            sample = resonances[1].filter(sample, frequency: 1600 + 500 * wave(0.3 * rate * time), bandwidth: 120)
            return Float(level * sample + 0.002 * noise)
        }
    }

    private func fraction(_ x: Double) -> Double { x - x.rounded(.down) }

    /// A smooth wave of period 1 between −1 and 1, made of parabolas.
    private func wave(_ x: Double) -> Double {
        let place = fraction(x)
        return place < 0.5 ? 16 * place * (0.5 - place) : -16 * (place - 0.5) * (1 - place)
    }

    /// A two-pole filter with unit gain at 0 Hz.
    private struct Resonance {
        private var last = (0.0, 0.0)

        mutating func filter(_ sample: Double, frequency: Double, bandwidth: Double) -> Double {
            let radius = 1 - pi * bandwidth / sampleRate
            let angle = 2 * pi * frequency / sampleRate
            let square = angle * angle
            // The cosine's Taylor series; the angle is below 1.
            let cosine = 1 - square / 2 * (1 - square / 12 * (1 - square / 30 * (1 - square / 56)))
            let a1 = 2 * radius * cosine
            let a2 = -radius * radius
            let output = (1 - a1 - a2) * sample + a1 * last.0 + a2 * last.1
            last = (output, last.0)
            return output
        }
    }
}
