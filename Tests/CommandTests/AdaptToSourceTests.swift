import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// `--adapt`: recordings of one source.
struct AdaptToSourceTests {
    private let folder: TemporaryFolder
    private static let emodb = TestData.corpus("emodb")
    private static let names = ["03a01Fa", "03a02Nc", "08a01Na", "08a02La"]

    init() throws { folder = try TemporaryFolder() }

    private func copyRecordings() throws {
        try FileManager.default.createDirectory(atPath: folder.file("calls"), withIntermediateDirectories: true)
        for file in Self.names {
            try FileManager.default.copyItem(atPath: "\(Self.emodb ?? "")/wav/\(file).wav", toPath: folder.file("calls/\(file).wav"))
        }
    }

    private func probabilities(_ run: FinishedProgram) throws -> [[String: Double]] {
        try #require(run.json() as? [[String: Any]]).compactMap { $0["probabilities"] as? [String: Double] }
    }

    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func recordingsOfOneSource() throws {
        try copyRecordings()
        func predict(_ more: [String]) throws -> FinishedProgram {
            try Program.run(["predict", "calls", "--format", "json"] + more, in: folder)
        }
        let (plain, adapted) = try (predict([]), predict(["--adapt"]))
        #expect(
            adapted.status == 0 && adapted.errors.contains("adapted to 4 stretches of speech: the source's mean counts for 20 %"),
            "\(adapted)")
        #expect(try probabilities(plain) != probabilities(adapted))
        #expect(try predict(["--adapt", "--threads", "1"]).output == adapted.output)
        // A voice is told from the source.
        #expect(try Program.run(["enrol", "calls/03a01Fa.wav", "calls/03a02Nc.wav", "-o", "a.voice"], in: folder).status == 0)
        let both = try predict(["--adapt", "--voice", "a.voice"])
        #expect(both.status == 0, "\(both)")
        #expect(try probabilities(both) != probabilities(adapted) && probabilities(both) != probabilities(predict(["--voice", "a.voice"])))
        // Another recording makes another source, so that all results are out of date.
        let resumed = ["predict", "calls", "--adapt", "-o", "results", "--format", "json", "--resume"]
        #expect(try Program.run(resumed, in: folder).status == 0)
        let first = try bytes(folder.file("results/03a01Fa.json"))
        try FileManager.default.removeItem(atPath: folder.file("calls/08a01Na.wav"))
        #expect(try Program.run(resumed, in: folder).status == 0)
        #expect(try bytes(folder.file("results/03a01Fa.json")) != first)
    }

    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func aRecordingAndAStreamAreSourcesToo() throws {
        try copyRecordings()
        let file = "calls/03a01Fa.wav"
        func segments(_ more: [String]) throws -> FinishedProgram {
            try Program.run(["segments", file, "--format", "json"] + more, in: folder)
        }
        let (plain, adapted) = try (segments([]), segments(["--adapt"]))
        #expect(adapted.status == 0 && adapted.errors.contains("of speech: the source's mean counts for"), "\(adapted)")
        #expect(try probabilities(plain) != probabilities(adapted))
        let samples = try Self.names.reduce(into: [Float]()) { joined, name in
            joined += try AudioFile.read(AudioSegment(path: folder.file("calls/\(name).wav")), sampleRate: 16_000, longest: 60)
            joined += [Float](repeating: 0, count: 16_000)
        }
        try samples.withUnsafeBytes { Data($0) }.write(to: URL(filePath: folder.file("a.f32")))
        func stream(_ more: [String]) throws -> FinishedProgram {
            try Program.run(["stream", "--encoding", "f32le"] + more, in: folder, Program.Settings(input: folder.file("a.f32")))
        }
        let (heard, learnt) = try (stream([]), stream(["--adapt"]))
        #expect(learnt.status == 0 && learnt.output.contains("\"finished\"") && learnt.output != heard.output, "\(learnt)")
    }

    /// What is heard first cannot be heard again.
    @Test func pipesAreRefused() throws {
        #expect(mkfifo(folder.file("pipe.wav"), 0o600) == 0)
        for command in ["predict", "segments"] {
            let run = try Program.run([command, "pipe.wav", "--adapt"], in: folder)
            #expect(run.status == 1 && run.errors.contains("pipe.wav can be read only once"), "\(run)")
        }
    }

    /// Standard input is heard twice, from a copy.
    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func segmentsOfStandardInput() throws {
        try copyRecordings()
        let name = try #require(Self.names.first)
        let input = Program.Settings(input: folder.file("calls/\(name).wav"))
        let read = try Program.run(["segments", "-", "--format", "json", "--adapt", "-q"], in: folder, input)
        let file = try Program.run(["segments", "calls/\(name).wav", "--format", "json", "--adapt", "-q"], in: folder)
        #expect(read.status == 0 && read.errors.isEmpty && read.output.contains("\"-\""), "\(read)")
        #expect(read.output.replacing("\"-\"", with: "\"calls/\(name).wav\"") == file.output.replacing("\\/", with: "/"), "\(file)")
        try folder.write("text.wav", "this is text")
        let wrong = try Program.run(["segments", "-"], in: folder, Program.Settings(input: folder.file("text.wav")))
        #expect(wrong.status == 1 && wrong.errors.contains("standard input"), "\(wrong)")
    }

    @Test func withoutSpeechTheModelIsNotAdapted() throws {
        try AudioFile.writeWAV([Float](repeating: 0, count: 32_000), sampleRate: 16_000, to: folder.file("silence.wav"))
        let run = try Program.run(["predict", "silence.wav", "--adapt"], in: folder)
        #expect(run.errors.contains("there is no speech to learn the source from") && run.output.contains("no speech"), "\(run)")
        let wrong = try Program.run(
            ["stream", "--adapt", "--speech", "all"], in: folder, Program.Settings(input: folder.file("silence.wav")))
        #expect(wrong.status == 2 && wrong.errors.contains("--adapt needs detected speech"), "\(wrong)")
    }
}
