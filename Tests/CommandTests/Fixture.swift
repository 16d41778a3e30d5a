import Foundation
import StimmungAudio
import StimmungCorpora
import StimmungTestSupport
import Testing

/// A folder for one test, removed with the last reference.
final class Folder: Sendable {
    let path: String
    /// What programs print, apart from what they write.
    let logs: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("stimmung-command-\(UUID().uuidString)").path
        logs = path + ".logs"
        for folder in [path, logs] { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    }

    deinit { remove() }

    func remove() { for folder in [path, logs] { try? FileManager.default.removeItem(atPath: folder) } }

    func file(_ name: String) -> String { path + "/" + name }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: file(name))) }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }

    func write(_ name: String, _ data: Data) throws { try data.write(to: URL(fileURLWithPath: file(name))) }

    /// Names of all files, hidden ones and those of folders within too.
    var content: [String] { (try? FileManager.default.subpathsOfDirectory(atPath: path).sorted()) ?? [] }

    /// Nothing half-written is left behind.
    var isClean: Bool { !content.contains { $0.contains("partial") } }

    func wav(_ name: String, seconds: Double, frequency: Float = 440, amplitude: Float = 0.3) throws {
        let samples = (0..<Int(seconds * 16_000)).map { amplitude * sin(2 * .pi * frequency * Float($0) / 16_000) }
        try AudioFile.writeWAV(samples, sampleRate: 16_000, to: file(name))
    }
}

/// What most tests share and none changes: a corpus of tones, a small recipe, and a model of both.
struct Fixture {
    let folder: Folder

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
        folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.file("tones"), withIntermediateDirectories: true)
        var utterances: [Utterance] = []
        for (s, speaker) in Self.speakers.enumerated() {
            for (e, emotion) in Self.emotions.enumerated() {
                for number in 0..<2 {
                    let name = "tones/\(speaker)-\(emotion)-\(number).wav"
                    try folder.wav(
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
    nonisolated(unsafe) private static var left: Folder?
}

/// Whether a program can be found, for the tests that need it.
func isInstalled(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: $0 + "/" + program) }
}
