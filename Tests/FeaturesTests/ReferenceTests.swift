import Foundation
import StimmungCorpora
import StimmungFeatures
import StimmungTestSupport
import Testing

/// Checks features against an independent program in another language and in double precision, written from the equations.
@Suite(.enabled(if: NumPy.isAvailable, "needs python3 with numpy; STIMMUNG_PYTHON names another interpreter"))
struct ReferenceTests {
    private static let tolerance = 1e-3

    private func expectAgreement(_ kind: FeatureKind, _ scale: MelScale, deltas: Int, files: [URL]) throws {
        var options = FeatureOptions(kinds: [kind], deltas: deltas)
        options.melScale = scale
        let references = try NumPy.features(kind: kind.rawValue, scale: scale.rawValue, deltas: deltas, files: files)
        for (file, reference) in zip(files, references) {
            let features = try extract(path: file.path, options: options)
            try #require(features.elements.count == reference.count && features.columns == options.width)
            let largest = zip(features.elements, reference).map { abs(Double($0) - $1) }.max() ?? .infinity
            #expect(largest <= ReferenceTests.tolerance, "\(file.lastPathComponent): differs by \(largest)")
        }
    }

    @Test(
        "the default features of ten recordings", .enabled(if: !TestData.emodb.isEmpty, "needs EmoDB under STIMMUNG_DATA"))
    func corpus() throws {
        try expectAgreement(.mfcc, .study, deltas: 2, files: TestData.emodb)
    }

    @Test("every spectral kind and mel scale", arguments: [FeatureKind.mfcc, .fbank, .energy], MelScale.allCases)
    func synthetic(kind: FeatureKind, scale: MelScale) throws {
        try withTemporaryFolder { folder in
            let long = folder.appendingPathComponent("long.wav")
            try writeWAV(chirpInNoise(count: 30_000), to: long)
            // One frame, and three: fewer than the deltas span. The single frame is cut from the long signal: a chirp through all bands
            // within one frame leaves so little energy in the lowest band that single precision is off by up to 1.3e-3 there, with any
            // transform (also KissFFT, over 60 of them).
            let one = folder.appendingPathComponent("one.wav")
            try writeWAV(Array(chirpInNoise(count: 30_000)[15_000..<15_400]), to: one)
            let three = folder.appendingPathComponent("three.wav")
            try writeWAV(chirpInNoise(count: 879, seed: 3), to: three)
            try expectAgreement(kind, scale, deltas: 2, files: [long, one, three])
        }
    }

    @Test("silence within a recording has the floor energy")
    func floor() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("pause.wav")
            try writeWAV(chirpInNoise(count: 4000) + [Float](repeating: 0, count: 4000) + chirpInNoise(count: 4000), to: file)
            try expectAgreement(.mfcc, .study, deltas: 2, files: [file])
            let features = try extract(path: file.path, options: FeatureOptions(kinds: [.fbank, .energy], deltas: 0))
            #expect(features.row(35).allSatisfy { $0 == Float(log(1e-6)) })
        }
    }
}
