import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungTestSupport
import Testing

struct AlteredFileTests {
    /// Runs `body` with a one-second recording in a temporary folder.
    private func withRecording(_ body: (_ path: String, _ folder: String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("a.wav").path
            try AudioFile.writeWAV(chirpInNoise(count: 16_000), sampleRate: 16_000, to: path)
            try body(path, folder.path)
        }
    }

    @Test func featuresOfAlteredRecordings() throws {
        try withRecording { path, folder in
            let chain: [Alteration] = [.telephone, .noise(decibels: 20)]
            let part = try AudioFile.read(path: path, start: 0.25, end: 0.75)
            let expected = try extract(samples: chain.apply(to: part, sampleRate: 16_000, seed: 9))
            #expect(try extract(path: path, start: 0.25, end: 0.75, altered: chain) == expected)
            #expect(
                try FrontEnd(FeatureOptions()).features(of: AudioSegment(path: path, start: 0.25, end: 0.75), altered: chain, seed: 8)
                    != expected)
            #expect(try extract(path: path, altered: []) == extract(path: path))
            #expect(try extract(path: path, altered: [.speed(0.5)]).rows == 198)
        }
    }

    @Test func errorsNameTheFile() throws {
        try withRecording { path, folder in
            #expect(throws: FeatureError.tooShort(file: path, samples: 400, needed: 800)) {
                try extract(path: path, start: 0, end: 0.025, altered: [.speed(2)])
            }
            let missing = folder + "/none.wav"
            #expect(throws: FeatureError.audio(.noSuchFile(file: missing))) {
                try extract(path: missing, altered: [.telephone])
            }
            let error = #expect(throws: FeatureError.self) { try extract(path: path, altered: [.speed(9)]) }
            #expect(error?.description.contains("speed=0.5 to speed=2") == true)
        }
    }

    @Test func tooLongRecordingsAreRejected() throws {
        try withRecording { path, folder in
            let long = folder + "/long.wav"
            try AudioFile.writeWAV([Float](repeating: 0.1, count: 1000 * 600 + 1), sampleRate: 1000, to: long)
            var options = FeatureOptions(kinds: [.energy], deltas: 0)
            options.sampleRate = 1000
            options.highFrequency = 500
            let error = #expect(throws: FeatureError.self) {
                try extract(path: long, options: options, altered: [.gain(decibels: 1)])
            }
            #expect(error == .audio(.tooLong(file: long, longest: 600)))
            #expect(throws: Never.self) {
                try extract(path: long, end: 600, options: options, altered: [.gain(decibels: 1)])
            }
        }
    }
}
