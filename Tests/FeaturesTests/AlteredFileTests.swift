import Audio
import Features
import Foundation
import Testing

struct AlteredFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stimmung-altered-\(UUID().uuidString)").path
    private let path: String
    private let samples = (0..<16_000).map { 0.4 * Float(sin(0.05 * Double($0)) * sin(0.0011 * Double($0))) }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = folder + "/a.wav"
        try AudioFile.writeWAV(samples, sampleRate: 16_000, to: path)
    }

    private func withFile(_ body: () throws -> Void) rethrows {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body()
    }

    @Test func featuresOfWhatWasAltered() throws {
        try withFile {
            let chain: [Alteration] = [.telephone, .noise(decibels: 20)]
            let part = try AudioFile.read(path: path, start: 0.25, end: 0.75)
            let expected = try FeatureFile.extract(samples: chain.apply(to: part, sampleRate: 16_000, seed: 9))
            #expect(try FeatureFile.extract(path: path, start: 0.25, end: 0.75, alterations: chain, seed: 9) == expected)
            #expect(try FeatureFile.extract(path: path, start: 0.25, end: 0.75, alterations: chain, seed: 8) != expected)
            #expect(try FeatureFile.extract(path: path, alterations: [], seed: 9) == FeatureFile.extract(path: path))
            #expect(try FeatureFile.extract(path: path, alterations: [.speed(0.5)], seed: 9).rows == 198)
        }
    }

    @Test func errorsNameTheFile() throws {
        try withFile {
            #expect(throws: FeatureError.tooShort(file: path, samples: 200, needed: 400)) {
                try FeatureFile.extract(path: path, start: 0, end: 0.025, alterations: [.speed(2)], seed: 1)
            }
            let missing = folder + "/none.wav"
            #expect(throws: FeatureError.audio(.noSuchFile(file: missing))) {
                try FeatureFile.extract(path: missing, alterations: [.telephone], seed: 1)
            }
            let error = #expect(throws: FeatureError.self) { try FeatureFile.extract(path: path, alterations: [.speed(9)], seed: 1) }
            #expect(error?.description.contains("speed=0.5 to speed=2") == true)
        }
    }

    @Test func whatIsTooLongIsRefused() throws {
        try withFile {
            let long = folder + "/long.wav"
            try AudioFile.writeWAV([Float](repeating: 0.1, count: 1000 * 600 + 1), sampleRate: 1000, to: long)
            var options = FeatureOptions(kinds: [.energy], deltas: 0)
            options.sampleRate = 1000
            options.highFrequency = 500
            let error = #expect(throws: FeatureError.self) {
                try FeatureFile.extract(path: long, options: options, alterations: [.gain(decibels: 1)], seed: 1)
            }
            #expect(error == .tooLong(file: long, limit: 600))
            #expect(throws: Never.self) {
                try FeatureFile.extract(path: long, end: 600, options: options, alterations: [.gain(decibels: 1)], seed: 1)
            }
        }
    }
}
