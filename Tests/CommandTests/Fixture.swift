import Foundation
import StimmungCorpora
import StimmungTestSupport
import Testing

/// What most tests share and none changes: a corpus of tones, a small recipe, and a model of both.
struct Fixture {
    let folder: TemporaryFolder

    /// The manifest.
    var corpus: String { folder.file("tones/tones.csv") }
    var recipe: String { folder.file("small.yaml") }
    var model: String { folder.file("model.safetensors") }
    /// A recording of each emotion, by the first speaker.
    var recordings: [String] { Self.emotions.map { folder.file("tones/a-\($0)-0.wav") } }

    static let emotions = ["anger", "neutral", "sadness"]
    static let speakers = ["a", "b", "c"]

    private static let made = Result { try Fixture() }

    static func shared() throws -> Fixture { try made.get() }

    private init() throws {
        folder = try TemporaryFolder()
        var utterances: [Utterance] = []
        for (s, speaker) in Self.speakers.enumerated() {
            for (e, emotion) in Self.emotions.enumerated() {
                for number in 0..<2 {
                    let name = "tones/\(speaker)-\(emotion)-\(number).wav"
                    try folder.tone(
                        name, seconds: 0.6, frequency: 300 * Float(1 << e) * (1 + 0.1 * Float(s) + 0.03 * Float(number)),
                        amplitude: 0.1 * Float(s + 1))
                    utterances.append(
                        Utterance(file: folder.file(name), speaker: speaker, gender: s == 0 ? .female : .male, emotion: emotion))
                }
            }
        }
        try Manifest.write(Corpus(name: "tones", root: folder.path, utterances: utterances), to: folder.file("tones/tones.csv"))
        try folder.write(
            "small.yaml", "name: small\nnetwork: [{lstm: 8}]\ntraining: {epochs: 8, batch: 8, crop: 0.3, learningRate: 0.02}\n")
        let run = try Program.run(["train", recipe, "--corpus", corpus, "-o", model, "-q"], in: folder)
        try #require(run.status == 0, "\(run)")
        Self.left = folder
        atexit { Fixture.left?.remove() }
    }

    /// Written once, before any test has the fixture.
    nonisolated(unsafe) private static var left: TemporaryFolder?
}
