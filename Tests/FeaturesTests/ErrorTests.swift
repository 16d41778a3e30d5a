import Foundation
import StimmungFeatures
import StimmungTensors
import StimmungTestSupport
import Testing

struct ErrorTests {
    @Test("the error for a recording shorter than a frame has the actual and the needed length")
    func short() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("click.wav").path
            try writeWAV(chirpInNoise(count: 399), to: URL(fileURLWithPath: file))
            let error = #expect(throws: FeatureError.tooShort(file: file, samples: 399, needed: 400)) {
                try extract(path: file)
            }
            #expect(error?.description.hasPrefix("\(file) is too short: it has 399 samples; the features need at least 400.") == true)
        }
        #expect(throws: FeatureError.tooShort(file: nil, samples: 0, needed: 400)) { try extract(samples: []) }
    }

    @Test("a recording of zeros is silent")
    func silent() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("mute.wav").path
            try writeWAV([Float](repeating: 0, count: 16_000), to: URL(fileURLWithPath: file))
            #expect(throws: FeatureError.silent(file: file)) { try extract(path: file) }
            // A single non-zero sample is enough.
            try writeWAV([Float](repeating: 0, count: 15_999) + [0.5], to: URL(fileURLWithPath: file))
            #expect(try extract(path: file).rows == 98)
        }
        #expect(throws: FeatureError.silent(file: nil)) { try extract(samples: [Float](repeating: 0, count: 500)) }
    }

    @Test("a sample that is not finite is rejected, and the extractor is unchanged", arguments: [Float.nan, .infinity, -.infinity])
    func notFinite(value: Float) throws {
        let samples = chirpInNoise(count: 2000)
        var extractor = try FrontEnd(FeatureOptions()).makeExtractor()
        var frames = Matrix(rows: 0, columns: extractor.width)
        try extractor.push(Array(samples[..<1000]), into: &frames)
        var spoilt = Array(samples[1000...])
        spoilt[7] = value
        let before = frames
        #expect(throws: FeatureError.notFinite(file: nil, sample: 1007)) { try extractor.push(spoilt, into: &frames) }
        #expect(frames == before)
        try extractor.push(Array(samples[1000...]), into: &frames)
        extractor.finish(into: &frames)
        #expect(try frames == extract(samples: samples))
    }

    @Test("a missing file")
    func missing() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("nowhere.wav").path
            let error = #expect(throws: FeatureError.self) { try extract(path: file) }
            guard case .audio = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.description.contains("nowhere.wav") == true)
        }
    }
}
