import Features
import Foundation
import Testing

@Suite("Level of a recording")
struct PeakLevelTests {
    private var options: FeatureOptions {
        var options = FeatureOptions(kinds: [.mfcc, .energy])
        options.peak = 1
        return options
    }

    @Test("with a peak the gain of a recording changes nothing that rounding does not")
    func gain() throws {
        let samples = chirpInNoise(count: 20_000)
        let loud = try FeatureFile.extract(samples: samples, options: options)
        let soft = try FeatureFile.extract(samples: samples.map { 0.1 * $0 }, options: options)
        let difference = zip(loud.elements, soft.elements).map { abs($0 - $1) }.max() ?? .infinity
        #expect(difference < 1e-3)
        var asRecorded = options
        asRecorded.peak = 0
        let plain = try FeatureFile.extract(samples: samples.map { 0.1 * $0 }, options: asRecorded)
        #expect(abs(plain[0, 13] - soft[0, 13]) > 1, "without one it does: the energy")
    }

    @Test("the loudest sample is brought to the peak: a constant that fills a frame has its energy")
    func energy() throws {
        var options = FeatureOptions(kinds: [.energy], deltas: 0)
        options.peak = 0.5
        let frames = try FeatureFile.extract(samples: [Float](repeating: -0.01, count: 400), options: options)
        #expect(abs(frames[0, 0] - log(400 * 0.25)) < 1e-4)
    }

    @Test("a file and its pieces are brought to the same peak, that of the part which is read")
    func file() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("chirp.wav")
            let rounded = chirpInNoise(count: 32_000).map { ($0 * 32768).rounded() / 32768 }
            try writeWAV(rounded, to: file)
            let whole = try FeatureFile.extract(path: file.path, options: options)
            #expect(try whole == FeatureFile.extract(samples: rounded, options: options))
            var stream = try FeatureStream(path: file.path, options: options)
            var pieces = try stream.next(maximumFrames: 7)
            while case let more = try stream.next(maximumFrames: 7), more.rows > 0 { pieces.append(rows: more) }
            #expect(pieces == whole)
            let part = try FeatureFile.extract(path: file.path, start: 0, end: 0.5, options: options)
            #expect(try part == FeatureFile.extract(samples: Array(rounded[..<8000]), options: options))
        }
    }

    @Test("silence stays an error, and so do samples that are no numbers")
    func bad() throws {
        #expect(throws: FeatureError.self) { try FeatureFile.extract(samples: [Float](repeating: 0, count: 1000), options: options) }
        for bad in [Float.nan, .infinity] {
            var samples = chirpInNoise(count: 1000)
            samples[500] = bad
            #expect(throws: FeatureError.self) { try FeatureFile.extract(samples: samples, options: options) }
        }
    }
}
