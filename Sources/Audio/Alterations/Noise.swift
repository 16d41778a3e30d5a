import Foundation
import StimmungTensors

/// The spectrum of a noise.
package enum NoiseColour: String, Sendable, Hashable, CaseIterable, Codable {
    /// The same power at every frequency.
    case white
    /// The same power in every octave, roughly as in rain, fans and traffic.
    case pink
    /// The long-term spectrum of the recording itself, as in babble: the most effective masker.
    case speech
}

/// Noise added at a given ratio.
struct Noise {
    let decibels: Double
    let colour: NoiseColour

    func apply(to samples: [Float], sampleRate: Int, random: RandomSource) -> [Float] {
        let speech = activeLevel(of: samples, sampleRate: sampleRate)
        guard speech > 0 else { return samples }
        let noise = noise(samples, sampleRate: sampleRate, random)
        let energy = noise.reduce(0) { $0 + Double($1) * Double($1) }
        guard energy > 0 else { return samples }
        let factor = Float(speech * pow(10, -decibels / 20) / (energy / Double(noise.count)).squareRoot())
        return zip(samples, noise).map { $0 + factor * $1 }
    }

    /// As many samples of noise, at any level.
    private func noise(_ samples: [Float], sampleRate: Int, _ random: RandomSource) -> [Float] {
        var random = random
        guard let powers = spectrum(of: samples, sampleRate: sampleRate) else { return samples.map { _ in random.normal() } }
        let filter = Self.filter(powers.map { $0.squareRoot() })
        // At both ends, the filter lacks part of its input.
        let white = (0..<samples.count + filter.count - 1).map { _ in random.normal() }
        return Array(convolution(white, filter)[(filter.count - 1)..<white.count])
    }

    /// Powers at 2ⁿ + 1 equidistant frequencies from 0 to half the sampling rate; `nil` for white noise.
    private func spectrum(of samples: [Float], sampleRate: Int) -> [Float]? {
        switch colour {
        case .white:
            return nil
        case .pink:
            // Flat below some 8 Hz, which is inaudible, and where 1/f would have most of the power.
            let bins = powerOfTwo(atLeast: sampleRate / 8)
            return (0...bins).map { 1 / Float(max($0, 1)) }
        case .speech:
            // 32 ms: resolves formants, but not harmonics, which would be audible as tones.
            return longTermPowers(of: samples, size: powerOfTwo(atLeast: sampleRate / 32))
        }
    }

    /// The centred zero-phase impulse response with the given powers at 0 … half the sampling rate.
    private static func filter(_ gains: [Float]) -> [Float] {
        let bins = gains.count - 1
        var real = gains + gains[1..<bins].reversed()
        var imaginary = [Float](repeating: 0, count: 2 * bins)
        ComplexTransform(size: 2 * bins).apply(&real, &imaginary)
        // Negative times are in the second half.
        let centred = Array(real[bins...] + real[..<bins])
        // A window takes the response to zero at its ends, to avoid ripple.
        return centred.indices.map { centred[$0] * Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(2 * bins))) }
    }
}

/// The mean power spectrum over windows of `size` samples (a power of two) that overlap by half: `size / 2 + 1` powers.
///
/// Source: P. D. Welch, *The use of fast Fourier transform for the estimation of power spectra*, IEEE Trans. Audio 15 (1967).
func longTermPowers(of samples: [Float], size: Int) -> [Float] {
    let window = (0..<size).map { Float(0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / Double(size))) }
    let transform = ComplexTransform(size: size)
    var powers = [Float](repeating: 0, count: size / 2 + 1)
    // Starts half a window early, so that the ends have the same weight as the middle.
    for start in stride(from: -size / 2, to: samples.count, by: size / 2) {
        let part = max(start, 0)..<min(start + size, samples.count)
        var real = [Float](repeating: 0, count: size)
        for index in part { real[index - start] = samples[index] * window[index - start] }
        var imaginary = [Float](repeating: 0, count: size)
        transform.apply(&real, &imaginary)
        for index in powers.indices { powers[index] += real[index] * real[index] + imaginary[index] * imaginary[index] }
    }
    return powers
}
