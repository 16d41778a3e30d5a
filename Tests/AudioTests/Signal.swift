import Foundation

/// A test signal: channels of samples that 16 bits hold exactly.
struct Signal {
    var channels: [[Float]]
    var sampleRate: Int

    /// Two channels that differ: a chirp from 100 to 3000 Hz that swells like syllables, and three sines.
    static func speechLike(seconds: Double, sampleRate: Int, stereo: Bool) -> Signal {
        let count = Int(seconds * Double(sampleRate))
        let times = (0..<count).map { Double($0) / Double(sampleRate) }
        let left = times.map { t in
            0.6 * (0.55 + 0.45 * sin(2 * .pi * 4 * t)) * sin(2 * .pi * (100 * t + 1450 * t * t / seconds))
        }
        let right = times.map { t in 0.3 * sin(2 * .pi * 220 * t) + 0.2 * sin(2 * .pi * 1310 * t) + 0.1 * sin(2 * .pi * 2750 * t) }
        return Signal(channels: (stereo ? [left, right] : [left]).map { $0.map(quantised) }, sampleRate: sampleRate)
    }

    static func sine(_ frequency: Double, amplitude: Double, seconds: Double, sampleRate: Int) -> Signal {
        let count = Int(seconds * Double(sampleRate))
        return Signal(
            channels: [(0..<count).map { quantised(amplitude * sin(2 * .pi * frequency * Double($0) / Double(sampleRate))) }],
            sampleRate: sampleRate)
    }

    private static func quantised(_ value: Double) -> Float {
        Float((value * 32768).rounded() / 32768)
    }

    var count: Int { channels[0].count }

    var interleaved: [Float] {
        (0..<count).flatMap { frame in channels.map { $0[frame] } }
    }

    var mono: [Float] {
        (0..<count).map { frame in channels.map { $0[frame] }.reduce(0, +) / Float(channels.count) }
    }
}

/// The greatest correlation of two signals when one is shifted by up to `lag` samples, 1 for equal ones.
func correlation(_ a: [Float], _ b: [Float], lag: Int) -> Float {
    func product(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>) -> Float {
        var sum: Float = 0
        for index in 0..<min(x.count, y.count) {
            sum += x[x.startIndex + index] * y[y.startIndex + index]
        }
        return sum
    }
    let greatest = (-lag...lag).map { product(a.dropFirst(max(0, $0)), b.dropFirst(max(0, -$0))) }.max() ?? 0
    return greatest / (product(a[...], a[...]) * product(b[...], b[...])).squareRoot()
}

/// Amplitude of the part of the signal at one frequency, by correlation with sine and cosine under a Hann window.
func amplitude(of signal: ArraySlice<Float>, at frequency: Double, sampleRate: Int) -> Double {
    var real = 0.0
    var imaginary = 0.0
    var weight = 0.0
    for (index, sample) in signal.enumerated() {
        let window = 0.5 - 0.5 * cos(2 * .pi * (Double(index) + 0.5) / Double(signal.count))
        let phase = 2 * .pi * frequency * Double(index) / Double(sampleRate)
        real += window * Double(sample) * cos(phase)
        imaginary += window * Double(sample) * sin(phase)
        weight += window
    }
    return 2 * (real * real + imaginary * imaginary).squareRoot() / weight
}

/// The greatest difference of two signals; infinite where their lengths differ.
func difference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
