import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import Testing

/// Feature files of one recording, in the form of `stimmung features --format npy`.
struct FeatureGoldenTests {
    /// Options by file name.
    private var files: [String: FeatureOptions] {
        var files: [String: FeatureOptions] = [:]
        for kind in FeatureKind.allCases where kind != .samples {
            files["\(kind.rawValue).npy"] = FeatureOptions(kinds: [kind], deltas: kind == .mfcc ? 2 : 0)
        }
        files["functionals.npy"] = .utterance
        var levelled = FeatureOptions.utterance
        levelled.peak = 1
        levelled.functionals?.lags = [0.03, 0.3]
        levelled.functionals?.correlations = true
        files["functionals-correlations.npy"] = levelled
        var causal = levelled
        (causal.peak, causal.highPass, causal.relativeFloor) = (0, 70, true)
        files["functionals-causal.npy"] = causal
        return files
    }

    @Test func features() throws {
        let speech = try SpeechCorpus()
        var measured = Measurement(versions: try Versions.ofFeatures())
        for (name, options) in files {
            let frames = try FrontEnd(options).features(of: AudioSegment(path: speech.recording))
            try FeatureWriter.write(frames, options, to: speech.file(name), format: .npy)
            let data = try Data(contentsOf: URL(fileURLWithPath: speech.file(name)))
            measured.add(name, checksum: data.withUnsafeBytes { ContentHash($0).text }, values: summary(frames))
        }
        try Golden.verify("features", measured, tolerance: .init(absolute: 1e-4, relative: 1e-3), raise: Versions.features)
    }

    /// The shape, the norm, and equally spaced elements.
    private func summary(_ frames: Matrix) -> [Double] {
        let elements = frames.elements.map(Double.init)
        let norm = elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // The spacing is prime, so that the elements come from different columns.
        let some = stride(from: 7, to: elements.count, by: max(1, elements.count / 6) | 1).map { elements[$0] }
        return [Double(frames.rows), Double(frames.columns), norm] + some
    }
}
