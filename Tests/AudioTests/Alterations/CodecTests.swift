import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

struct CodecTests {
    /// The lag, in samples, at which two signals are most alike.
    private func lag(_ a: [Float], _ b: [Float]) -> Int {
        func product(_ lag: Int) -> Float {
            (max(0, -lag)..<min(a.count, b.count - lag)).reduce(0) { $0 + a[$1] * b[$1 + lag] }
        }
        return (-1500...1500).max { product($0) < product($1) } ?? .max
    }

    @Test(
        .enabled(if: ffmpegIsThere, needsFFmpeg), arguments: [(8000, 16), (16000, 32), (16000, 320), (22050, 8), (44100, 64), (96000, 128)])
    func nothingMoves(sampleRate: Int, kilobits: Int) throws {
        let signal = Signal.speechLike(seconds: 0.7, sampleRate: sampleRate, stereo: false).mono
        let heard = try Alteration.codec(kilobits: kilobits).apply(to: signal, sampleRate: Double(sampleRate), seed: 1)
        #expect(heard.count == signal.count)
        #expect(abs(lag(signal, heard)) <= 2)
        #expect(heard != signal)
        #expect(correlation(signal, heard, lag: 0) > 0.9)
    }

    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg)) func fewerBitsSoundWorse() throws {
        let signal = Signal.speechLike(seconds: 0.7, sampleRate: 16000, stereo: false).mono
        func error(_ kilobits: Int) throws -> Float {
            let heard = try Alteration.codec(kilobits: kilobits).apply(to: signal, sampleRate: 16000, seed: 1)
            return zip(heard, signal).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        #expect(try error(8) > error(96))
    }

    @Test(.enabled(if: ffmpegIsThere, needsFFmpeg)) func temporaryFilesHaveNoName() throws {
        let scratch = try TemporaryFolder()
        let bin = try scratch.fakeProgram(
            "ffmpeg",
            "for last; do :; done; readlink \"${last#file:}\" > '\(scratch.file("where"))'; echo no luck >&2; exit 1")
        let error = #expect(throws: AudioError.self) {
            try Alteration.codec(kilobits: 32).apply(to: [0.1, 0.2], sampleRate: 16000, seed: 1, ffmpeg: FFmpeg(searchPath: bin))
        }
        #expect(error == .codecFailed(reason: "ffmpeg says: no luck"))
        #expect(try scratch.text("where").trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix(" (deleted)"))
    }

    @Test func withoutFFmpeg() {
        let error = #expect(throws: AudioError.self) {
            try Alteration.codec(kilobits: 32).apply(to: [0.1], sampleRate: 16000, seed: 1, ffmpeg: FFmpeg(searchPath: ""))
        }
        #expect(error?.description.contains("apt-get install ffmpeg") == true)
    }
}
