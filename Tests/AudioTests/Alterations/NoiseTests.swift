import Foundation
import StimmungAudio
import Testing

struct NoiseTests {
    private let speech = Signal.speechLike(seconds: 2, sampleRate: 16000, stereo: false).mono

    private func level(_ samples: some Collection<Float>) -> Double {
        (samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)).squareRoot()
    }

    private func noise(_ alteration: Alteration, _ samples: [Float], seed: UInt64 = 1) throws -> [Float] {
        zip(try alteration.apply(to: samples, sampleRate: 16000, seed: seed), samples).map { $0 - $1 }
    }

    @Test(arguments: NoiseColour.allCases, [-10.0, 0, 20, 40]) func theRatioIsReached(colour: NoiseColour, decibels: Double) throws {
        let noise = try noise(.noise(decibels: decibels, colour: colour), speech)
        #expect(abs(20 * log10(level(speech) / level(noise)) - decibels) < 0.5)
    }

    @Test func pausesDoNotCount() throws {
        let pause = [Float](repeating: 0, count: 32000)
        let noise = try noise(.noise(decibels: 10), pause + speech + pause)
        // The 0.2 s after the speech count as speech, by the definition of P.56.
        #expect(abs(20 * log10(level(speech) / level(noise)) - 10) < 0.6)
        // The noise is everywhere.
        #expect(abs(level(noise[..<32000]) / level(noise[32000..<64000]) - 1) < 0.05)
    }

    @Test func theLevelOfSpeech() {
        let tone = Signal.sine(440, amplitude: 0.5, seconds: 2, sampleRate: 16000).mono
        #expect(abs(20 * log10(activeLevel(of: tone, sampleRate: 16000) / (0.5 / 2.0.squareRoot()))) < 0.2)
        let pause = [Float](repeating: 0, count: 48000)
        let paused = activeLevel(of: pause + tone + pause, sampleRate: 16000)
        #expect(abs(20 * log10(paused / (0.5 / 2.0.squareRoot()))) < 0.6)
        // Soft noise in the pauses is no speech.
        let hum = Signal.sine(100, amplitude: 0.005, seconds: 3, sampleRate: 16000).mono
        #expect(abs(20 * log10(activeLevel(of: hum + tone + hum, sampleRate: 16000) / paused)) < 0.1)
        // A softer copy is as much lower.
        let soft = activeLevel(of: (pause + tone).map { $0 / 1024 }, sampleRate: 16000)
        #expect(abs(soft * 1024 / activeLevel(of: pause + tone, sampleRate: 16000) - 1) < 1e-9)
        #expect(activeLevel(of: pause, sampleRate: 16000) == 0)
        #expect(activeLevel(of: [], sampleRate: 16000) == 0)
        #expect(activeLevel(of: [-0.25], sampleRate: 16000) == 0.25)
    }

    /// Of a band of frequencies in hertz, in decibels.
    private func power(_ samples: [Float], _ band: ClosedRange<Double>) -> Double {
        let frequencies = stride(from: band.lowerBound, to: band.upperBound, by: 7)
        return 10 * log10(frequencies.map { pow(amplitude(of: samples[...], at: $0, sampleRate: 16000), 2) }.reduce(0, +))
    }

    @Test func coloursAreWhatTheyAreCalled() throws {
        let white = try noise(.noise(decibels: 0), speech)
        #expect(abs(power(white, 250...500) + 3 - power(white, 500...1000)) < 1)
        #expect(abs(power(white, 250...500) + 10 * log10(800 / 250) - power(white, 4000...4800)) < 1)
        let pink = try noise(.noise(decibels: 0, colour: .pink), speech)
        #expect(abs(power(pink, 250...500) - power(pink, 500...1000)) < 1)
        #expect(abs(power(pink, 250...500) + 10 * log10(log2(4800.0 / 4000)) - power(pink, 4000...4800)) < 1)
        // The signal is a chirp up to 3 kHz: so is the spectrum of the noise made after it.
        let like = try noise(.noise(decibels: 0, colour: .speech), speech)
        #expect(power(like, 2000...2800) - power(like, 4000...4800) > 25)
        #expect(abs(power(like, 400...800) + 3 - power(like, 1600...2400)) < 2)
        // But it is no copy.
        #expect(correlation(like, speech, lag: 200) < 0.2)
    }

    @Test func seedsAreIndependent() throws {
        let first = try noise(.noise(decibels: 0, colour: .pink), speech, seed: 1)
        let second = try noise(.noise(decibels: 0, colour: .pink), speech, seed: 2)
        #expect(abs(correlation(first, second, lag: 0)) < 0.2)
    }
}
