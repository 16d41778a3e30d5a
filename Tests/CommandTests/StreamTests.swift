import Foundation
import StimmungAudio
import StimmungTestSupport
import Testing

/// `stream` and `segments`.
struct StreamTests {
    private let folder: TemporaryFolder
    private static let emodb = TestData.corpus("emodb")

    init() throws { folder = try TemporaryFolder() }

    private func stream(_ arguments: [String], _ input: String) throws -> FinishedProgram {
        try Program.run(["stream"] + arguments, in: folder, Program.Settings(input: input.hasPrefix("/") ? input : folder.file(input)))
    }

    private func events(_ run: FinishedProgram) throws -> [[String: Any]] {
        try run.output.split(separator: "\n").map { try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
    }

    private func names(_ run: FinishedProgram) throws -> [String] { try events(run).compactMap { $0["event"] as? String } }

    private func writeTone(seconds: Int) throws {
        let samples = (0..<16_000 * seconds).map { Int16(3000 * sin(Double($0) * 0.3)).littleEndian }
        try samples.withUnsafeBytes { Data($0) }.write(to: URL(filePath: folder.file("tone.s16")))
    }

    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func aRecordingIsRecognisedInEveryEncoding() throws {
        let recording = (Self.emodb ?? "") + "/wav/03a05Wb.wav"
        let samples = try AudioFile.read(AudioSegment(path: recording), sampleRate: 16_000, longest: 60)
        try AudioFile.writeWAV(samples, sampleRate: 16_000, to: folder.file("a.wav"))
        let integers = samples.map { Int16(max(-32_768, min(32_767, ($0 * 32_768).rounded()))).littleEndian }
        try integers.withUnsafeBytes { Data($0) }.write(to: URL(filePath: folder.file("a.s16")))
        try samples.withUnsafeBytes { Data($0) }.write(to: URL(filePath: folder.file("a.f32")))
        let stereo = samples.flatMap { [$0, $0] }
        try stereo.withUnsafeBytes { Data($0) }.write(to: URL(filePath: folder.file("two.f32")))
        let run = try stream([], "a.s16")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        let names = try names(run)
        #expect(names.first == "speech_started" && names.last == "finished" && names.contains("posterior"), "\(names)")
        let segment = try #require(try events(run).last { $0["event"] as? String == "segment" })
        #expect(segment["label"] as? String == "anger", "\(segment)")
        for (arguments, input) in [
            (["--encoding", "wav"], "a.wav"), (["--encoding", "f32le"], "a.f32"), (["--encoding", "f32le", "--channels", "2"], "two.f32"),
        ] {
            let other = try stream(arguments, input)
            #expect(other.status == 0 && other.output == run.output, "\(arguments)")
        }
        let quiet = try stream(["--interval", "0"], "a.s16")
        #expect(try !self.names(quiet).contains("posterior") && self.names(quiet).contains("segment"))
        let segments = try Program.run(["segments", "a.wav", "--format", "json"], in: folder)
        let listed = try #require((try segments.json() as? [[String: Any]])?.first?["segments"] as? [[String: Any]])
        #expect(listed.count == names.filter { $0 == "segment" }.count && listed.allSatisfy { $0["label"] is String }, "\(segments)")
    }

    @Test func subtitlesOfATone() throws {
        try writeTone(seconds: 1)
        let tone = try folder.bytes("tone.s16").withUnsafeBytes { bytes in bytes.bindMemory(to: Int16.self).map { Float($0) / 32_768 } }
        try AudioFile.writeWAV(tone, sampleRate: 16_000, to: folder.file("tone.wav"))
        let run = try Program.run(["segments", "tone.wav", "--format", "srt"], in: folder)
        #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty, "\(run)")
        let written = try Program.run(["predict", "tone.wav", "--timeline", "-o", "tone.srt", "-q"], in: folder)
        #expect(try written.status == 0 && folder.bytes("tone.srt").isEmpty, "\(written)")
        #expect(
            try Program.run(["predict", "tone.wav", "--timeline", "-o", "out", "--format", "srt", "-q"], in: folder).output
                == "out/tone.srt\n")
    }

    @Test func aToneIsNoSpeech() throws {
        try writeTone(seconds: 3)
        let run = try stream([], "tone.s16")
        let last = try #require(try events(run).last)
        #expect(try run.status == 0 && names(run) == ["finished"] && last["label"] is NSNull && last["time"] as? Double == 3, "\(run)")
    }

    @Test func oddBytesAreReported() throws {
        try Data([1, 2, 3]).write(to: URL(filePath: folder.file("odd")))
        let run = try stream([], "odd")
        #expect(run.status == 0 && run.errors.contains("the last 1 byte of standard input"), "\(run)")
        let empty = try stream([], "/dev/null")
        #expect(try empty.status == 0 && names(empty) == ["finished"], "\(empty)")
    }

    @Test(arguments: [Float.nan, .infinity, 1e9]) func samplesThatAreNotNumbersAreErrors(value: Float) throws {
        try [0, value].withUnsafeBytes { Data($0) }.write(to: URL(filePath: folder.file("bad")))
        let run = try stream(["--encoding", "f32le"], "bad")
        #expect(run.status == 1 && run.errors.hasPrefix("stimmung: ") && run.output.isEmpty, "\(run)")
    }

    @Test(arguments: [
        (["--rate", "0"], "--rate"), (["--rate", "3000000"], "--rate"), (["--channels", "0"], "--channels"),
        (["--interval", "0.01"], "--interval"),
        (["--encoding", "mp3"], "mp3"),
    ])
    func invalidOptionsAreRefused(arguments: [String], words: String) throws {
        let run = try stream(arguments, "/dev/null")
        #expect(run.status == 2 && run.errors.contains(words), "\(run)")
    }

    @Test(arguments: ["", "RIFF", "RIFF....WAVE", "hello, this is no sound at all"]) func whatIsNoWAVIsNamed(text: String) throws {
        try folder.write("x", text)
        let run = try stream(["--encoding", "wav"], "x")
        #expect(run.status == 1 && run.errors.contains("WAV"), "\(run)")
    }

    /// Memory does not grow with the stream.
    @Test func aLongStreamIsBounded() throws {
        try writeTone(seconds: 20)
        let short = try stream([], "tone.s16")
        try writeTone(seconds: 400)
        let long = try stream([], "tone.s16")
        #expect(long.status == 0 && long.peakMemory < short.peakMemory + 8, "\(short.peakMemory) and \(long.peakMemory) MB")
    }
}
