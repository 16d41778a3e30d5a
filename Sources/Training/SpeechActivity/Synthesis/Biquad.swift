import Foundation
import StimmungTensors

/// A second-order filter that colours synthesised sounds.
///
/// Source of the coefficients: R. Bristow-Johnson, *Cookbook formulae for audio equalizer biquad filter coefficients*.
struct Biquad {
    private let b0: Double
    private let b1: Double
    private let b2: Double
    private let a1: Double
    private let a2: Double

    /// A peak or a notch of `decibels` at `frequency` in Hz, with quality factor `q`.
    static func peak(_ frequency: Double, q: Double, decibels: Double, sampleRate: Int) -> Biquad {
        let a = pow(10, decibels / 40)
        let w = 2 * Double.pi * frequency / Double(sampleRate)
        let alpha = sin(w) / (2 * q)
        let norm = 1 + alpha / a
        return Biquad(
            b0: (1 + alpha * a) / norm, b1: -2 * cos(w) / norm, b2: (1 - alpha * a) / norm, a1: -2 * cos(w) / norm,
            a2: (1 - alpha / a) / norm)
    }

    /// Lets only the surroundings of `frequency` pass, with a gain of 1 there.
    static func band(_ frequency: Double, q: Double, sampleRate: Int) -> Biquad {
        let w = 2 * Double.pi * frequency / Double(sampleRate)
        let alpha = sin(w) / (2 * q)
        let norm = 1 + alpha
        return Biquad(b0: alpha / norm, b1: 0, b2: -alpha / norm, a1: -2 * cos(w) / norm, a2: (1 - alpha) / norm)
    }

    func apply(to samples: inout [Float]) {
        var s1 = 0.0
        var s2 = 0.0
        for index in samples.indices {
            let x = Double(samples[index])
            let y = b0 * x + s1
            s1 = b1 * x - a1 * y + s2 + 1e-25
            s2 = b2 * x - a2 * y
            samples[index] = Float(y)
        }
    }
}

extension [Float] {
    /// Colours a sound by `count` random peaks and notches of up to `decibels`.
    mutating func equalise(_ count: Int, decibels: Float, sampleRate: Int, _ random: inout RandomSource) {
        for _ in 0..<count {
            let frequency = random.logarithmic(in: 60..<Float(sampleRate) * 0.45)
            let filter = Biquad.peak(
                frequency, q: Double(random.uniform(in: 0.3..<4)), decibels: Double(random.uniform(in: -decibels..<decibels)),
                sampleRate: sampleRate)
            filter.apply(to: &self)
        }
    }

    /// The root mean square, 0 for no samples.
    var rootMeanSquare: Float {
        isEmpty ? 0 : Float((reduce(0) { $0 + Double($1) * Double($1) } / Double(count)).squareRoot())
    }

    /// Adds `factor` times another sound, from a sample of this one on, as far as both reach.
    mutating func add(_ other: [Float], at start: Int = 0, times factor: Float = 1) {
        let from = Swift.max(0, -start)
        let end = Swift.min(other.count, count - start)
        guard from < end else { return }
        for index in from..<end { self[start + index] += factor * other[index] }
    }
}

extension RandomSource {
    /// A number whose logarithm is uniform.
    mutating func logarithmic(in range: Range<Float>) -> Double {
        exp(Double(uniform(in: log(range.lowerBound)..<log(range.upperBound))))
    }

    /// True with this probability.
    mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

    mutating func integer(in range: ClosedRange<Int>) -> Int { range.lowerBound + index(below: range.count) }
}
