import Foundation
import StimmungAudio
import Testing

struct SpeedAndPitchTests {
    /// The frequency of a tone in hertz, by the times at which it rises through zero, without its ends.
    private func frequency(_ signal: [Float]) -> Double {
        var crossings: [Double] = []
        for index in signal.count / 10..<signal.count * 9 / 10 {
            let (before, after) = (signal[index], signal[index + 1])
            if before < 0 && after >= 0 { crossings.append(Double(index) + Double(before / (before - after))) }
        }
        guard let first = crossings.first, let last = crossings.last else { return 0 }
        return 16000 * Double(crossings.count - 1) / (last - first)
    }

    private let tone = Signal.sine(440, amplitude: 0.5, seconds: 0.6, sampleRate: 16000).mono

    @Test(arguments: [0.5, 0.9, 1, 1.1, 1.25, 2]) func speedMovesATone(factor: Double) throws {
        let altered = try Alteration.speed(factor).apply(to: tone, sampleRate: 16000, seed: 1)
        #expect(altered.count == Int((Double(tone.count) / factor).rounded()))
        #expect(abs(frequency(altered) - 440 * factor) <= 1)
        let middle = altered[altered.count / 10..<altered.count * 9 / 10]
        #expect(abs(amplitude(of: middle, at: 440 * factor, sampleRate: 16000) - 0.5) < 0.005)
    }

    @Test func whatDoesNotFitTheRateIsRemoved() throws {
        let high = Signal.sine(6000, amplitude: 0.5, seconds: 0.5, sampleRate: 16000).mono
        let altered = try Alteration.speed(2).apply(to: high, sampleRate: 16000, seed: 1)
        #expect((altered[400..<3600].map(abs).max() ?? 1) < 1e-3)
    }

    @Test(arguments: [-12.0, -5, -1, 0, 2, 7, 12]) func pitchMovesATone(semitones: Double) throws {
        let altered = try Alteration.pitch(semitones: semitones).apply(to: tone, sampleRate: 16000, seed: 1)
        #expect(altered.count == tone.count)
        let expected = 440 * pow(2, semitones / 12)
        #expect(abs(frequency(altered) - expected) <= 0.005 * expected)
        let middle = altered[altered.count / 10..<altered.count * 9 / 10]
        #expect(abs(amplitude(of: middle, at: expected, sampleRate: 16000) - 0.5) < 0.05)
    }

    /// Syllables begin where they began.
    @Test(arguments: [-4.0, 4]) func pitchKeepsTheTimes(semitones: Double) throws {
        let bursts = (0..<16000).map { index -> Float in
            index / 2000 % 2 == 1 ? 0.5 * Float(sin(2 * .pi * 200 * Double(index) / 16000)) : 0
        }
        let altered = try Alteration.pitch(semitones: semitones).apply(to: bursts, sampleRate: 16000, seed: 1)
        for start in stride(from: 0, to: 16000, by: 2000) {
            let energy = altered[start + 500..<start + 1500].reduce(0) { $0 + $1 * $1 } / 1000
            if start / 2000 % 2 == 1 {
                #expect(abs(energy - 0.125) < 0.03, "\(start)")
            } else {
                #expect(energy < 0.005, "\(start)")
            }
        }
    }
}
