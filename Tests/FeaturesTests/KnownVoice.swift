import Foundation
import StimmungTensors

/// Voice signals with known properties, at 16 kHz.
enum KnownVoice {
    /// A sine.
    static func sine(_ hertz: Double, count: Int = 16_000, amplitude: Double = 0.3) -> [Float] {
        (0..<count).map { Float(amplitude * sin(2 * .pi * hertz / 16_000 * Double($0))) }
    }

    /// A pulse train with all harmonics up to `highest` hertz at equal amplitude; exact also for periods of fractional samples.
    ///
    /// - Parameter hertz: the fundamental frequency by time in seconds.
    static func pulses(_ hertz: (Double) -> Double, count: Int = 16_000, highest: Double = 7000, amplitude: Double = 0.3) -> [Float] {
        var phase = 0.0
        return (0..<count).map { index in
            let f0 = hertz(Double(index) / 16_000)
            phase += 2 * .pi * f0 / 16_000
            let harmonics = max(1, Int(highest / f0))
            // Σ cos(k φ) in closed form.
            let half = sin(phase / 2)
            let sum =
                abs(half) < 1e-9
                ? Double(harmonics) : 0.5 * (sin((Double(harmonics) + 0.5) * phase) / half - 1)
            return Float(amplitude * sum / Double(harmonics))
        }
    }

    /// Band-limited pulses with individual periods and amplitudes.
    static func pulses(periods: [Double], heights: [Double]) -> [Float] {
        var samples = [Double](repeating: 0, count: Int(periods.reduce(0, +)) + 64)
        var place = 32.0
        for (period, height) in zip(periods, heights) {
            for index in max(0, Int(place) - 31)...min(samples.count - 1, Int(place) + 32) {
                let distance = Double(index) - place
                let sinc = abs(distance) < 1e-9 ? 1 : sin(.pi * distance) / (.pi * distance)
                samples[index] += height * sinc * (0.5 + 0.5 * cos(.pi * distance / 33))
            }
            place += period
        }
        return samples.map { Float(0.3 * $0) }
    }

    /// Pulses falling by 6 dB per octave, like glottal pulses at the lips, through resonances: formants with bandwidths in hertz.
    static func vowel(_ hertz: Double, formants: [(frequency: Double, bandwidth: Double)], count: Int = 16_000) -> [Float] {
        var last: Float = 0
        let source = pulses({ _ in hertz }, count: count).map { pulse -> Float in
            last = pulse + 0.97 * last
            return last
        }
        return resonate(source, formants)
    }

    /// Filters a signal through a chain of resonances and scales it to a peak of 0.5.
    static func resonate(_ samples: [Float], _ formants: [(frequency: Double, bandwidth: Double)]) -> [Float] {
        var signal = samples.map(Double.init)
        for formant in formants {
            let radius = exp(-.pi * formant.bandwidth / 16_000)
            let a1 = 2 * radius * cos(2 * .pi * formant.frequency / 16_000)
            let a2 = -radius * radius
            var (y1, y2) = (0.0, 0.0)
            for index in signal.indices {
                let y = (1 - a1 - a2) * signal[index] + a1 * y1 + a2 * y2
                signal[index] = y
                (y1, y2) = (y, y1)
            }
        }
        let largest = signal.reduce(0) { max($0, abs($1)) }
        return signal.map { Float(0.5 * $0 / largest) }
    }

    /// A neutral /a/.
    static let a: [(frequency: Double, bandwidth: Double)] = [(700, 80), (1200, 90), (2500, 120), (3500, 200)]
    static let i: [(frequency: Double, bandwidth: Double)] = [(300, 60), (2200, 100), (3000, 150), (3700, 200)]
    static let u: [(frequency: Double, bandwidth: Double)] = [(320, 60), (800, 80), (2300, 120), (3300, 200)]

    /// White noise.
    static func noise(count: Int = 16_000, amplitude: Float = 0.1, seed: UInt64 = 1) -> [Float] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in amplitude * random.normal() }
    }
}
