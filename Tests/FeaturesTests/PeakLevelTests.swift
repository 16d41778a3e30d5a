import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

@Suite("Level of a recording")
struct PeakLevelTests {
    private var options: FeatureOptions {
        var options = FeatureOptions(kinds: [.mfcc, .energy])
        options.peak = 1
        return options
    }

    @Test("with a peak, the gain of a recording has no effect beyond rounding")
    func gain() throws {
        let samples = chirpInNoise(count: 20_000)
        let loud = try extract(samples: samples, options: options)
        let soft = try extract(samples: samples.map { 0.1 * $0 }, options: options)
        let difference = zip(loud.elements, soft.elements).map { abs($0 - $1) }.max() ?? .infinity
        #expect(difference < 1e-3)
        var asRecorded = options
        asRecorded.peak = 0
        let plain = try extract(samples: samples.map { 0.1 * $0 }, options: asRecorded)
        #expect(abs(plain[0, 13] - soft[0, 13]) > 1, "without a peak the energy changes")
    }

    @Test("the loudest sample is scaled to the peak: a constant frame has the expected energy")
    func energy() throws {
        var options = FeatureOptions(kinds: [.energy], deltas: 0)
        options.peak = 0.5
        let frames = try extract(samples: [Float](repeating: -0.01, count: 400), options: options)
        #expect(abs(frames[0, 0] - log(400 * 0.25)) < 1e-4)
    }

    @Test("a file and its pieces are scaled by the peak of the part that is read")
    func file() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("chirp.wav")
            let rounded = chirpInNoise(count: 32_000).map { ($0 * 32768).rounded() / 32768 }
            try writeWAV(rounded, to: file)
            let whole = try extract(path: file.path, options: options)
            #expect(try whole == extract(samples: rounded, options: options))
            var stream = try FeatureStream(AudioSegment(path: file.path), by: FrontEnd(options))
            var pieces = try stream.next(maximumFrames: 7)
            while case let more = try stream.next(maximumFrames: 7), more.rows > 0 { pieces.append(rows: more) }
            #expect(pieces == whole)
            let part = try extract(path: file.path, start: 0, end: 0.5, options: options)
            #expect(try part == extract(samples: Array(rounded[..<8000]), options: options))
        }
    }

    @Test("a recording that is too long for memory is scaled as well, for any position of its peak")
    func long() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("long.wav")
            var samples = chirpInNoise(count: 1_200_000).map { (0.2 * $0 * 32768).rounded() / 32768 }
            samples[1_150_000] = -0.75
            try writeWAV(samples, to: file)
            #expect(try extract(path: file.path, options: options) == extract(samples: samples, options: options))
        }
    }

    @Test("silence is still an error, and so are samples that are not finite or far out of range")
    func bad() throws {
        #expect(throws: FeatureError.silent(file: nil)) {
            try extract(samples: [Float](repeating: 0, count: 1000), options: options)
        }
        for bad in [Float.nan, -.nan, .infinity, 1e20] {
            var samples = chirpInNoise(count: 1000)
            samples[500] = bad
            #expect(throws: FeatureError.notFinite(file: nil, sample: 500)) { try extract(samples: samples, options: options) }
        }
    }

    @Test("quiet recordings are raised by at most 60 dB")
    func muted() throws {
        var asRecorded = options
        asRecorded.peak = 0
        for amplitude in [Float(1) / 32768, 1e-30] {
            let samples = chirpInNoise(count: 1000).map { $0 * amplitude }
            let raised = try extract(samples: samples.map { $0 * 1000 }, options: asRecorded)
            #expect(try extract(samples: samples, options: options) == raised)
        }
    }

    @Test("a cancelled stream throws, whether or not its peak is measured")
    func stopped() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("chirp.wav")
            try writeWAV(chirpInNoise(count: 300_000), to: file)
            let cancellation = Cancellation()
            cancellation.cancel()
            var asRecorded = options
            asRecorded.peak = 0
            for options in [options, asRecorded] {
                #expect(throws: Cancelled.self) {
                    var stream = try FeatureStream(AudioSegment(path: file.path), by: FrontEnd(options), cancellation: cancellation)
                    _ = try stream.next(maximumFrames: 100)
                }
            }
            // While it runs: after the frames before.
            let running = Cancellation()
            var stream = try FeatureStream(AudioSegment(path: file.path), by: FrontEnd(options), cancellation: running)
            #expect(try stream.next(maximumFrames: 100).rows > 0)
            running.cancel()
            do {
                _ = try stream.next(maximumFrames: 100)
                Issue.record("a cancelled stream throws")
            } catch { #expect(error is Cancelled) }
        }
    }

    @Test("cancellation ends the measurement of a peak, which nothing else ends before the whole recording is read")
    func stoppedMeasurement() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("chirp.wav")
            let samples = chirpInNoise(count: 300_000).map { (0.2 * $0 * 32768).rounded() / 32768 }
            try writeWAV(samples, to: file)
            let segment = AudioSegment(path: file.path)
            let cancellation = Cancellation()
            var reader = try LevelledReader(segment, options: options, cancellation: cancellation)
            #expect(try reader.read(maximum: 1000) != Array(samples[..<1000]))
            cancellation.cancel()
            #expect(throws: Cancelled.self) { _ = try LevelledReader(segment, options: options, cancellation: cancellation) }
            // Without a peak there is nothing to measure.
            var asRecorded = options
            asRecorded.peak = 0
            var unscaled = try LevelledReader(segment, options: asRecorded, cancellation: cancellation)
            #expect(try unscaled.read(maximum: 1000) == Array(samples[..<1000]))
        }
    }
}
