import Foundation
import Stimmung
import StimmungAudio
import StimmungSupport
import StimmungTestSupport
import Testing

/// Posteriors of the built-in model, equal on all processors up to rounding.
struct PosteriorGoldenTests {
    private static let data = ProcessInfo.processInfo.environment["STIMMUNG_DATA"]
    private let recogniser: Recogniser

    /// Decides about all of a recording, since synthesised recordings are not speech.
    init() throws {
        var model = try Model.builtIn()
        model.recipe.speech = nil
        recogniser = try Recogniser(model)
    }

    @Test func synthesisedRecordings() throws {
        let folder = try TemporaryFolder()
        let even = SyntheticSpeech(pitch: 185, movement: 0.2, rate: 4, level: 0.3, breath: 0.05, seed: 2)
        let lively = SyntheticSpeech(pitch: 240, movement: 0.4, rate: 5.5, level: 0.6, seed: 3)
        try AudioFile.writeWAV(even.samples(seconds: 3), sampleRate: 16_000, to: folder.file("even.wav"))
        try AudioFile.writeWAV(lively.samples(seconds: 2.5), sampleRate: 16_000, to: folder.file("lively.wav"))
        try withExtendedLifetime(folder) {
            try verify("posteriors", ["even.wav", "lively.wav"].map(folder.file), timeline: Timeline(window: 1, joinsEqual: false))
        }
    }

    @Test(.enabled(if: data != nil, "needs a corpus: set STIMMUNG_DATA"))
    func recordingsOfEmoDB() throws {
        let wav = (Self.data ?? "") + "/emodb/wav/"
        try verify("emodb", ["03a05Wb", "09a07Na", "11b09Ld", "14a01Ac", "15b03Aa"].map { "\(wav)\($0).wav" })
    }

    private func verify(_ name: String, _ recordings: [String], timeline: Timeline? = nil) throws {
        var versions = try Versions.ofTraining()
        versions["built-in model"] = modelHash
        var measured = Measurement(versions: versions)
        for path in recordings {
            let prediction = try recogniser.predict(path: path, timeline: timeline)
            let segments = (prediction.segments ?? []).flatMap { [$0.start, $0.end] + probabilities($0.probabilities) }
            measured.add(
                (path as NSString).lastPathComponent, values: [prediction.duration] + probabilities(prediction.probabilities) + segments)
        }
        try Golden.verify(
            name, measured, tolerance: .init(absolute: 1e-6, relative: 2e-4),
            raise: "\(Versions.features) if features changed, otherwise \(Versions.trainer)")
    }

    /// Probabilities in alphabetical order of the labels, because close decisions may swap neighbours.
    private func probabilities(_ classes: [ClassProbability]) -> [Double] { classes.sorted { $0.label < $1.label }.map(\.probability) }

    /// Posteriors change if the built-in model is replaced.
    private var modelHash: String {
        let values = recogniser.model.ensemble.networks.flatMap(\.parameters.values)
        return values.withUnsafeBytes { ContentHash($0).text }
    }
}
