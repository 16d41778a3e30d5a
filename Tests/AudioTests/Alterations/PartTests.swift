import Audio
import Testing

struct PartTests {
    /// A second of silence, two of a rising ramp that is loud throughout, and half a second of silence.
    private static let recording: [Float] =
        [Float](repeating: 0, count: 16000) + (0..<32000).map { (0.5 + Float($0) / 64000) * ($0 % 2 == 0 ? 1 : -1) }
        + [Float](repeating: 0, count: 8000)

    @Test(arguments: [(0.0, 0.7), (0.3, 1), (0.15, 0.85), (0, 1)]) func sharesAreOfTheSpeech(from: Double, to: Double) throws {
        let part = try Alteration.part(from: from, to: to).apply(to: Self.recording, sampleRate: 16000, seed: 1)
        #expect(abs(Double(part.count) - 32000 * (to - from)) < 1000)
        // What stands there says where it comes from.
        let middle = 0.5 + (from + to) / 4
        #expect(abs(Double(abs(part[part.count / 2])) - middle) < 0.03)
    }

    @Test func theShortestIsWidened() throws {
        let part = try Alteration.part(from: 0.5, to: 0.51).apply(to: Self.recording, sampleRate: 16000, seed: 1)
        #expect(part.count == 6400 && abs(abs(part[3200]) - 0.7525) < 0.03)
        // Never beyond the recording.
        let short = Array(Self.recording[16000..<20000])
        #expect(try Alteration.part(from: 0.9, to: 1).apply(to: short, sampleRate: 16000, seed: 1) == short)
    }

    @Test func silenceHasParts() throws {
        let silence = [Float](repeating: 0, count: 20000)
        #expect(try Alteration.part(from: 0, to: 0.7).apply(to: silence, sampleRate: 16000, seed: 1).count == 14000)
        #expect(try Alteration.part(from: 0, to: 0.7).apply(to: [], sampleRate: 16000, seed: 1).isEmpty)
        #expect(try Alteration.part(from: 0, to: 0.7).apply(to: [0.5], sampleRate: 16000, seed: 1) == [0.5])
    }
}
