import Foundation
import Stimmung
import StimmungAudio
import StimmungSupport
import StimmungTensors

/// Times a session of the built-in model, chunk by chunk, on the calling thread.
package struct SessionBenchmark: Sendable {
    /// Recordings that are joined and repeated; synthesised speech if empty.
    package var recordings: [String] = []
    /// Duration of the session.
    package var seconds = 60.0
    /// Milliseconds of a chunk.
    package var chunk = 100
    package var repeats = 7

    private static let sampleRate = 16_000

    package init() {}

    package struct Result: Sendable {
        /// Whole sessions, with their ends.
        package var session: Timings
        /// Wall-clock seconds per chunk of all timed sessions, in ascending order.
        package var chunks: [Double]
        /// CPU seconds per chunk, in ascending order.
        package var processorChunks: [Double]
        /// Share of the session that is speech.
        package var speech: Double

        /// Milliseconds that a share of ascending times does not exceed, by nearest rank.
        package static func percentile(_ share: Double, of times: [Double]) -> Double {
            1e3 * times[max(0, Int((share * Double(times.count)).rounded(.up)) - 1)]
        }
    }

    /// - Throws: the errors of reading a recording.
    package func run() throws -> Result {
        let samples = try audio()
        let size = Self.sampleRate * chunk / 1000
        let pieces = stride(from: 0, to: samples.count, by: size).map { Array(samples[$0..<min($0 + size, samples.count)]) }
        let recogniser = try Recogniser(Model.builtIn())
        var runs: [Timings] = []
        var speech = 0.0
        let session = try Timings(repeats: repeats) {
            let session = try recogniser.session(sampleRate: Self.sampleRate)
            var marks = [Timings.Mark.now]
            for piece in pieces {
                _ = try session.push(piece)
                marks.append(.now)
            }
            runs.append(Timings(marks))
            if case .finished(let summary)? = try session.finish().last { speech = summary.speech / summary.duration }
        }
        // The first session fills the caches.
        let timed = runs.dropFirst()
        return Result(
            session: session, chunks: timed.flatMap(\.seconds).sorted(), processorChunks: timed.flatMap(\.processorSeconds).sorted(),
            speech: speech)
    }

    /// The recordings, repeated without pauses: in speech, a session has the most to do.
    private func audio() throws -> [Float] {
        let material = try recordings.flatMap { try AudioFile.read(AudioSegment(path: $0), sampleRate: Self.sampleRate, longest: 600) }
        let count = Int(seconds * Double(Self.sampleRate))
        guard !material.isEmpty else { return synthesised(count) }
        return (0..<count).map { material[$0 % material.count] }
    }

    /// Pulses of a gliding pitch through three resonances that move four times a second, as in syllables.
    private func synthesised(_ count: Int) -> [Float] {
        var random = RandomSource(seed: 1)
        let rate = Float(Self.sampleRate)
        var phase: Float = 0
        var memory = [(Float, Float)](repeating: (0, 0), count: 3)
        return (0..<count).map { number in
            let time = Float(number) / rate
            let syllable = sin(2 * .pi * 4 * time)
            phase += (130 + 30 * sin(2 * .pi * 0.7 * time) + 10 * syllable) / rate
            var value: Float = 0.002 * random.normal()
            if phase >= 1 {
                phase -= 1
                value += 1
            }
            let formants: [(frequency: Float, width: Float)] = [
                (500 + 250 * syllable, 80), (1500 + 400 * sin(2 * .pi * 2.3 * time), 100), (2600, 150),
            ]
            for (index, formant) in formants.enumerated() {
                let radius = exp(-.pi * formant.width / rate)
                let (one, two) = memory[index]
                let next = value + 2 * radius * cos(2 * .pi * formant.frequency / rate) * one - radius * radius * two
                memory[index] = (next, one)
                value = next * (1 - radius)
            }
            return value * (0.55 + 0.45 * syllable)
        }
    }
}
