import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// `enrol`, and the voices of other commands.
struct EnrolTests {
    private let folder: TemporaryFolder
    private static let emodb = TestData.corpus("emodb")
    private static let names = ["03a01Fa", "03a02Nc", "03a05Wb", "03b02La"]

    init() throws { folder = try TemporaryFolder() }

    /// Recordings of a speaker in a folder.
    private func copyRecordings(to name: String) throws {
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        for file in Self.names {
            try FileManager.default.copyItem(atPath: "\(Self.emodb ?? "")/wav/\(file).wav", toPath: folder.file("\(name)/\(file).wav"))
        }
    }

    private func probabilities(_ run: FinishedProgram) throws -> [[String: Double]] {
        try #require(run.json() as? [[String: Any]]).compactMap { $0["probabilities"] as? [String: Double] }
    }

    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func aVoiceIsLearntAndUsed() throws {
        try copyRecordings(to: "anna")
        let enrol = try Program.run(["enrol", "anna", "-o", "anna.voice"], in: folder)
        #expect(enrol.status == 0 && enrol.output.hasPrefix("anna.voice: ") && enrol.output.contains("stretches"), "\(enrol)")
        let file = "anna/03a05Wb.wav"
        let plain = try Program.run(["predict", file, "--format", "json"], in: folder)
        let known = try Program.run(["predict", file, "--voice", "anna.voice", "--format", "json"], in: folder)
        #expect(known.status == 0 && plain.status == 0, "\(known)")
        #expect(try probabilities(plain) != probabilities(known))
        // All recordings of a folder of their own are one voice; a file that is named is not in one.
        let byFolder = try Program.run(["predict", ".", "--voices", "by-folder", "--format", "json"], in: folder)
        let listed = try probabilities(byFolder)
        #expect(byFolder.status == 0 && listed.count == 4, "\(byFolder)")
        #expect(try listed[2] == probabilities(known)[0])
        let named = try Program.run(["predict", file, "--voices", "by-folder", "--format", "json"], in: folder)
        #expect(try probabilities(named) == probabilities(plain) && named.errors.contains("no voice is learnt"), "\(named)")
        // Another recording in the folder is another voice, so all results are out of date.
        let resumed = ["predict", ".", "--voices", "by-folder", "-o", "results", "--resume"]
        #expect(try Program.run(resumed, in: folder).status == 0)
        let first = try bytes(folder.file("results/anna/03a05Wb.txt"))
        try FileManager.default.removeItem(atPath: folder.file("anna/03a01Fa.wav"))
        #expect(try Program.run(resumed, in: folder).status == 0)
        #expect(try bytes(folder.file("results/anna/03a05Wb.txt")) != first)
        let segments = try Program.run(["segments", file, "--voice", "anna.voice", "--format", "json"], in: folder)
        #expect(try probabilities(segments) == probabilities(known))
    }

    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func aStreamLearnsItsVoice() throws {
        let samples = try AudioFile.read(AudioSegment(path: "\(Self.emodb ?? "")/wav/03a05Wb.wav"), sampleRate: 16_000, longest: 60)
        try samples.withUnsafeBytes { Data($0) }.write(to: URL(filePath: folder.file("a.f32")))
        let run = try Program.run(
            ["stream", "--encoding", "f32le", "--enrol", "anna.voice"], in: folder, Program.Settings(input: folder.file("a.f32")))
        #expect(run.status == 0 && folder.exists("anna.voice") && run.errors.contains("anna.voice: only"), "\(run)")
        let again = try Program.run(
            ["stream", "--encoding", "f32le", "--voice", "anna.voice"], in: folder, Program.Settings(input: folder.file("a.f32")))
        #expect(again.status == 0 && again.output.contains("\"finished\""), "\(again)")
    }

    @Test func wrongUseIsExplained() throws {
        try AudioFile.writeWAV([Float](repeating: 0, count: 32_000), sampleRate: 16_000, to: folder.file("silence.wav"))
        try Data("no voice".utf8).write(to: URL(filePath: folder.file("bad.voice")))
        for (arguments, status, words) in [
            (["enrol", "silence.wav", "-o", "a.voice"], 1, "There is no speech to enrol"),
            (["enrol", "silence.wav", "-o", "silence.wav"], 2, "would be overwritten"),
            (["enrol", "-", "-o", "a.voice"], 2, "Standard input cannot be enrolled"),
            (["enrol", "missing.wav", "-o", "a.voice"], 1, "missing.wav"),
            (["predict", "silence.wav", "--voice", "bad.voice"], 1, "bad.voice is not a voice"),
            (["predict", "silence.wav", "--voice", "bad.voice", "--voices", "by-folder"], 2, "exclude each other"),
            (["predict", "silence.wav", "--channels", "each", "--voices", "by-folder"], 2, "--channels each"),
            (["stream", "--enrol", "a.voice", "--speech", "all"], 2, "--enrol needs detected speech"),
            (["evaluate", "lstm", "--corpus", "x", "--draws", "3"], 2, "--draws needs --enrol or --adapt"),
            (["evaluate", "lstm", "--corpus", "x", "--enrol", "2,x"], 2, "2,x"),
        ] as [([String], Int32, String)] {
            let run = try Program.run(arguments, in: folder, Program.Settings(input: folder.file("silence.wav")))
            #expect(run.status == status && run.errors.contains(words) && !folder.exists("a.voice"), "\(arguments): \(run)")
        }
    }
}
