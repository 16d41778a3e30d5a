import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungTensors
import StimmungTestSupport
import Testing

struct StreamingTests {
    private func features(_ samples: [Float], _ options: FeatureOptions, chunk: Int) throws -> Matrix {
        var extractor = try FrontEnd(options).makeExtractor()
        var frames = Matrix(rows: 0, columns: extractor.width)
        for start in stride(from: 0, to: samples.count, by: chunk) {
            try extractor.push(Array(samples[start..<min(start + chunk, samples.count)]), into: &frames)
        }
        extractor.finish(into: &frames)
        return frames
    }

    @Test("chunk sizes do not change a bit")
    func chunks() throws {
        let options = FeatureOptions(kinds: FeatureKind.allCases, deltas: 2)
        let samples = chirpInNoise(count: 1_100_123)
        let whole = try extract(samples: samples, options: options)
        #expect(whole.rows == options.frameCount(samples: samples.count))
        for chunk in [1, 160, 1_000_000] {
            let pieces = try features(samples, options, chunk: chunk)
            #expect(pieces.elements.map(\.bitPattern) == whole.elements.map(\.bitPattern), "chunks of \(chunk)")
        }
    }

    @Test("other frame lengths, hops and delta windows", arguments: [(0.025, 0.025, 1), (0.02, 0.0033, 5), (0.001, 0.0000625, 40)])
    func shapes(windowLength: Double, hop: Double, deltaWindow: Int) throws {
        var options = FeatureOptions(kinds: [.energy, .mfcc, .pitch], deltas: 2)
        options.windowLength = windowLength
        options.hop = hop
        options.fftSize = 512
        options.deltaWindow = deltaWindow
        let samples = chirpInNoise(count: 3001)
        let whole = try extract(samples: samples, options: options)
        #expect(whole.rows == options.frameCount(samples: samples.count) && whole.rows > 0)
        for chunk in [1, 7, 800] {
            #expect(try features(samples, options, chunk: chunk) == whole)
        }
    }

    @Test("a finished extractor starts again")
    func reset() throws {
        let options = FeatureOptions()
        let (first, second) = (chirpInNoise(count: 5000, seed: 4), chirpInNoise(count: 7000, seed: 5))
        var extractor = try FrontEnd(options).makeExtractor()
        var frames = Matrix(rows: 0, columns: extractor.width)
        try extractor.push(first, into: &frames)
        extractor.finish(into: &frames)
        frames.resize(rows: 0)
        try extractor.push(second, into: &frames)
        extractor.finish(into: &frames)
        #expect(try frames == extract(samples: second, options: options))
    }

    @Test("a frame is complete as soon as the frames of its look-ahead are")
    func latency() throws {
        let options = FeatureOptions()
        #expect(options.lookAhead == 4)
        var extractor = try FrontEnd(options).makeExtractor()
        var frames = Matrix(rows: 0, columns: extractor.width)
        let samples = chirpInNoise(count: 400 + 4 * 160)
        try extractor.push(Array(samples.dropLast()), into: &frames)
        #expect(frames.rows == 0)
        try extractor.push([samples[samples.count - 1]], into: &frames)
        #expect(frames.rows == 1)
        extractor.finish(into: &frames)
        #expect(frames.rows == 5)
    }

    @Test("copies of an extractor are independent")
    func copies() async throws {
        let options = FeatureOptions()
        let beginning = chirpInNoise(count: 3210, seed: 6)
        var original = try FrontEnd(options).makeExtractor()
        var begun = Matrix(rows: 0, columns: original.width)
        try original.push(beginning, into: &begun)

        let (shared, frames) = (original, begun)
        let results = try await withThrowingTaskGroup(of: (UInt64, Matrix).self) { group in
            for seed in UInt64(10)..<18 {
                group.addTask {
                    var (copy, all) = (shared, frames)
                    try copy.push(chirpInNoise(count: 40_000, seed: seed), into: &all)
                    copy.finish(into: &all)
                    return (seed, all)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 8)
        for (seed, result) in results {
            #expect(try result == extract(samples: beginning + chirpInNoise(count: 40_000, seed: seed), options: options))
        }
    }

    @Test("pieces of any size add up to the whole file", arguments: [1, 3, 50, 100_000])
    func file(maximumFrames: Int) throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("chirp.wav")
            try writeWAV(chirpInNoise(count: 20_000), to: file)
            let options = FeatureOptions()
            let whole = try extract(path: file.path, options: options)
            #expect(whole.rows == options.frameCount(samples: 20_000))

            var stream = try FeatureStream(AudioSegment(path: file.path), by: FrontEnd(options))
            var pieces = Matrix(rows: 0, columns: options.width)
            while case let next = try stream.next(maximumFrames: maximumFrames), next.rows > 0 {
                #expect(next.rows <= maximumFrames)
                pieces.append(rows: next)
            }
            #expect(pieces == whole)
            #expect(try stream.next(maximumFrames: maximumFrames).rows == 0)
        }
    }

    @Test("a part of a file has the requested length")
    func part() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("chirp.wav")
            try writeWAV(chirpInNoise(count: 20_000), to: file)
            let options = FeatureOptions()
            let part = try extract(path: file.path, start: 0.25, end: 0.75, options: options)
            let samples = try AudioFile.read(path: file.path)
            #expect(try part == extract(samples: Array(samples[4000..<12_000]), options: options))
        }
    }
}
