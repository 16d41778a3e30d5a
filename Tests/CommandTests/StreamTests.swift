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

    private func writeToneFile() throws {
        let tone = try folder.bytes("tone.s16").withUnsafeBytes { bytes in bytes.bindMemory(to: Int16.self).map { Float($0) / 32_768 } }
        try AudioFile.writeWAV(tone, sampleRate: 16_000, to: folder.file("tone.wav"))
    }

    @Test func subtitlesOfATone() throws {
        try writeTone(seconds: 1)
        try writeToneFile()
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
        (["--interval", "0.01"], "--interval"), (["--speech", "some"], "detected"),
        (["--least-speech", "11"], "--least-speech is 11.0; it must be 0 to 10 seconds"),
        (["--least-pause", "-1"], "--least-pause"), (["--least-pause=-1"], "--least-pause is -1.0; it must be 0 to 60 seconds"),
        (["--padding-before", "nan"], "--padding-before is nan; it must be 0 to 10 seconds"),
        (["--padding-after", "10.1"], "--padding-after"), (["--upper-threshold", "0"], "--upper-threshold is 0.0; it must be above 0"),
        (["--lower-threshold", "0.9"], "--lower-threshold is 0.9; it must be 0 to --upper-threshold (0.7)"),
        (["--encoding", "mp3"], "mp3"),
    ])
    func invalidOptionsAreRefused(arguments: [String], words: String) throws {
        let run = try stream(arguments, "/dev/null")
        #expect(run.status == 2 && run.errors.contains(words), "\(run)")
    }

    /// The options of speech detection are the same for all commands that have them.
    @Test(arguments: [["stream"], ["segments", "tone.wav"], ["listen"]]) func optionsOfSpeechDetectionAreShared(command: [String]) throws {
        let run = try Program.run(command + ["--least-pause", "61"], in: folder)
        #expect(run.status == 2 && run.errors.contains("--least-pause is 61.0; it must be 0 to 60 seconds"), "\(run)")
    }

    @Test func allOfAToneCanBeSpeech() throws {
        try writeTone(seconds: 2)
        let run = try stream(["--speech", "all"], "tone.s16")
        #expect(try run.status == 0 && names(run).contains("segment"), "\(run)")
        try writeToneFile()
        let segments = try Program.run(["segments", "tone.wav", "--speech", "all", "--format", "csv"], in: folder)
        #expect(segments.status == 0 && segments.output.split(separator: "\n").last?.hasPrefix("tone.wav,0,2,") == true, "\(segments)")
    }

    /// Two recordings with a pause of a second between them.
    @Test(.enabled(if: emodb != nil, "needs a corpus: set STIMMUNG_DATA"))
    func pausesAreBridgedAndSpeechIsPadded() throws {
        let speech = try ["03a05Wb", "14a01Ac"].map {
            try AudioFile.read(AudioSegment(path: "\(Self.emodb ?? "")/wav/\($0).wav"), sampleRate: 16_000, longest: 60)
        }
        let pause = [Float](repeating: 0, count: 16_000)
        try AudioFile.writeWAV(pause + speech[0] + pause + speech[1] + pause, sampleRate: 16_000, to: folder.file("a.wav"))
        func times(_ arguments: [String]) throws -> [(start: Double, end: Double)] {
            let run = try Program.run(["segments", "a.wav", "--format", "rttm"] + arguments, in: folder)
            return try run.output.split(separator: "\n").map { line in
                let fields = line.split(separator: " ")
                let (start, duration) = try (#require(Double(fields[3])), #require(Double(fields[4])))
                return (start, start + duration)
            }
        }
        let usual = try times([])
        #expect(usual.count == 2 && usual[1].start - usual[0].end > 0.5, "\(usual)")
        let bridged = try times(["--least-pause", "1.5"])
        #expect(zip(bridged, bridged.dropFirst()).allSatisfy { abs($0.end - $1.start) < 1e-6 }, "\(bridged)")
        let padded = try times(["--padding-before", "0.3", "--padding-after", "0.15"])
        #expect(padded.count == 2 && abs(usual[0].start - padded[0].start - 0.2) < 0.02 && abs(padded[0].end - usual[0].end - 0.1) < 0.02)
        #expect(try times(["--least-speech", "5"]).isEmpty)
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
