import StimmungAudio
import Testing

struct PartTests {
    /// Samples of alternating sign whose magnitudes rise from `low` to `high`.
    private static func ramp(_ count: Int, _ low: Float, _ high: Float) -> [Float] {
        (0..<count).map { (low + (high - low) * Float($0) / Float(count)) * ($0 % 2 == 0 ? 1 : -1) }
    }

    /// At 16 kHz a second of silence, two of a rising ramp that is loud throughout, and half a second of silence.
    private static let recording = ramp(16000, 0, 0) + ramp(32000, 0.5, 1) + ramp(8000, 0, 0)

    private func part(_ from: Double, _ to: Double, of samples: [Float], sampleRate: Double = 16000) throws -> [Float] {
        try Alteration.part(from: from, to: to).apply(to: samples, sampleRate: sampleRate, seed: 1)
    }

    @Test(arguments: [(0.0, 0.7), (0.3, 1), (0.15, 0.85), (0, 1)]) func sharesAreOfTheSpeech(from: Double, to: Double) throws {
        let part = try part(from, to, of: Self.recording)
        // Windows of 25 ms, which may reach beyond the speech at either end.
        #expect(abs(Double(part.count) - 32000 * (to - from)) < 800)
        // What stands there says where it comes from.
        #expect(abs(Double(abs(part[part.count / 2])) - (0.5 + (from + to) / 4)) < 0.015)
    }

    @Test(arguments: [1000.0, 8000, 44100, 1_000_000]) func atAnyRate(sampleRate: Double) throws {
        let second = Int(sampleRate)
        let samples = Self.ramp(second / 2, 0, 0) + Self.ramp(second, 0.5, 1) + Self.ramp(second / 2, 0, 0)
        let part = try part(0.2, 0.8, of: samples, sampleRate: sampleRate)
        #expect(abs(Double(part.count) / sampleRate - 0.6) < 0.04 && abs(abs(part[part.count / 2]) - 0.75) < 0.03)
    }

    /// A second before the speech, so many times as soft.
    @Test(arguments: [(Float(10), 3.0), (20, 3.0), (50, 2.0), (100, 2.0)]) func whatIsThirtyDecibelsSofterIsNoSpeech(
        factor: Float, seconds: Double
    ) throws {
        let samples = Self.ramp(16000, 0.5 / factor, 0.5 / factor) + Self.ramp(32000, 0.5, 0.5)
        #expect(abs(Double(try part(0, 1, of: samples).count) / 16000 - seconds) < 0.05)
    }

    @Test func theShortestIsWidenedWithinTheSpeech() throws {
        let middle = try part(0.5, 0.51, of: Self.recording)
        #expect(middle.count == 6400 && abs(abs(middle[3200]) - 0.7525) < 0.015)
        for (from, to, level) in [(0.0, 0.1, Float(0.55)), (0.95, 1, 0.95)] {
            let end = try part(from, to, of: Self.recording)
            #expect(end.count == 6400 && abs(abs(end[3200]) - level) < 0.015)
        }
        // Less than 0.4 s of speech is kept with what is around it, and never more than the recording.
        let short = Array(Self.recording[10000..<20000])
        #expect(try part(0.4, 0.6, of: short).count == 6400)
        let shorter = Array(Self.recording[16000..<20000])
        #expect(try part(0.9, 1, of: shorter) == shorter)
    }

    @Test func silenceHasParts() throws {
        #expect(try part(0, 0.7, of: Self.ramp(20000, 0, 0)).count == 14000)
        #expect(try part(0, 0.7, of: []).isEmpty)
        #expect(try part(0, 0.7, of: [0.5]) == [0.5])
    }
}
