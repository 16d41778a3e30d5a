import Foundation
import Stimmung
import StimmungAudio
import StimmungTestSupport
import Testing

struct PredictTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func predict(_ arguments: [String], input: String = "/dev/null") throws -> FinishedProgram {
        try Program.run(["predict", "--model", fixture.model] + arguments, in: folder, .init(input: input))
    }

    private func objects(_ run: FinishedProgram) throws -> [[String: Any]] {
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        return try #require(try run.json() as? [[String: Any]])
    }

    @Test func jsonSaysWhatTheLibrarySays() throws {
        let objects = try objects(predict(fixture.recordings + ["--format", "json", "-q"]))
        #expect(objects.map { $0["file"] as? String } == fixture.recordings)
        let recogniser = try Recogniser(Model(contentsOf: fixture.model))
        for (object, file) in zip(objects, fixture.recordings) {
            let prediction = try recogniser.predict(path: file)
            #expect(object["label"] as? String == prediction.label && object["segments"] == nil)
            let confidence = try #require(object["confidence"] as? Double)
            #expect(try abs(confidence - #require(prediction.confidence)) < 1e-5)
            let probabilities = try #require(object["probabilities"] as? [String: Double])
            #expect(Set(probabilities.keys) == Set(Fixture.emotions) && abs(probabilities.values.reduce(0, +) - 1) < 1e-4)
        }
        #expect(objects.map { $0["label"] as? String } == Fixture.emotions, "tones are easy")
    }

    @Test func aFolderStandsForItsFilesInOrder() throws {
        let tones = fixture.folder.file("tones")
        let all = try objects(predict([tones, "--format", "json", "-q", "--threads", "2"]))
        #expect(all.count == 18 && all.map { $0["file"] as? String ?? "" } == all.map { $0["file"] as? String ?? "" }.sorted())
        let one = try predict([tones, "--format", "json", "-q", "--threads", "1"])
        #expect(try predict([tones, "--format", "json", "-q", "--threads", "2"]).bytes == one.bytes)
    }

    @Test func linesAndTablesSayTheSame() throws {
        let objects = try objects(predict(fixture.recordings + ["--format", "json", "-q"]))
        let lines = try predict(fixture.recordings + ["--format", "jsonl", "-q"])
        let parsed = try lines.output.split(separator: "\n").map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary }
        #expect(lines.status == 0 && parsed == objects.map { $0 as NSDictionary })

        let table = try predict(fixture.recordings + ["--format", "csv", "-q"]).output.split(separator: "\n")
        #expect(table.first == "file,duration,label,confidence,p_anger,p_neutral,p_sadness,familiarity,warnings,error" && table.count == 4)
        #expect(table[1].hasPrefix("\(fixture.recordings[0]),0.6,anger,"))

        let text = try predict(fixture.recordings + ["-q"]).output.split(separator: "\n")
        #expect(text.count == 3 && text[2].hasPrefix("\(fixture.recordings[2]): sadness "))
    }

    @Test func timelinesInEveryFormat() throws {
        let pieces = [(1.5, Float(300)), (1.5, 1200)]
        var samples: [Float] = []
        for (seconds, frequency) in pieces {
            samples += (0..<Int(seconds * 16_000)).map { 0.2 * sin(2 * .pi * frequency * Float($0) / 16_000) }
        }
        try AudioFile.writeWAV(samples, sampleRate: 16_000, to: folder.file("call 1.wav"))
        let arguments = ["call 1.wav", "--timeline", "--window", "0.5", "-q", "--format"]
        let object = try #require(try objects(predict(arguments + ["json"])).first)
        let segments = try #require(object["segments"] as? [[String: Any]])
        #expect(segments.first?["start"] as? Double == 0 && segments.last?["end"] as? Double == 3)
        #expect(segments.map { $0["label"] as? String } == ["anger", "sadness"])

        let rttm = try predict(arguments + ["rttm"]).output.split(separator: "\n")
        #expect(
            rttm.count == segments.count && rttm.allSatisfy { $0.hasPrefix("SPEAKER call%201 1 ") && $0.split(separator: " ").count == 10 })
        let grid = try predict(arguments + ["textgrid"])
        #expect(grid.status == 0 && grid.output.hasPrefix("File type = \"ooTextFile\"") && grid.output.contains("sadness"))
        let subtitles = try predict(arguments + ["srt"]).output.split(separator: "\n\n")
        #expect(subtitles.count == segments.count && subtitles[0].hasPrefix("1\n00:00:00,000 --> ") && subtitles[0].contains("\nanger "))
        let table = try predict(arguments + ["csv"]).output.split(separator: "\n")
        #expect(table.count == 1 + segments.count && table[0].hasPrefix("file,start,end,label"))
        let text = try predict(arguments + ["text"]).output.split(separator: "\n")
        #expect(text.count == 1 + segments.count && text[1].contains("00:00"))
        let line = try predict(arguments + ["jsonl"]).output
        #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? NSDictionary == object as NSDictionary)
    }

    @Test(arguments: [("textgrid", "A TextGrid describes one"), ("srt", "An SRT file describes one")])
    func oneDocumentForTwoRecordingsNeedsAFolder(format: String, words: String) throws {
        let run = try predict(Array(fixture.recordings.prefix(2)) + ["--format", format, "-q"])
        #expect(run.status == 1 && run.errors.contains(words), "\(run)")
    }

    @Test func standardInputIsARecording() throws {
        let temporary = try TemporaryFolder()
        let run = try Program.run(
            ["predict", "--model", fixture.model, "-", fixture.recordings[1], "--format", "json", "-q"], in: folder,
            .init(input: fixture.recordings[0], environment: ["TMPDIR": temporary.path]))
        let objects = try objects(run)
        #expect(objects.map { $0["file"] as? String } == ["-", fixture.recordings[1]])
        #expect(objects.map { $0["label"] as? String } == ["anger", "neutral"])
        #expect(temporary.content.isEmpty)
    }

    @Test func emptyStandardInputIsNamed() throws {
        let run = try predict(["-"])
        #expect(run.status == 1 && run.errors.contains("standard input is empty") && run.bytes.isEmpty, "\(run)")
        #expect(!run.errors.contains("/"), "the file in which it is kept is nobody's business: \(run)")
    }

    /// Ctrl-C works while a program that never writes is waited for.
    @Test func waitingForInputCanBeInterrupted() throws {
        let temporary = try TemporaryFolder()
        try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
        let pipe = open(folder.file("pipe"), O_RDWR | O_CLOEXEC)
        defer { close(pipe) }
        let run = try Program.start(
            ["predict", "--model", fixture.model, "-"], in: folder,
            .init(input: folder.file("pipe"), environment: ["TMPDIR": temporary.path]))
        try run.wait { run.handlesInterruption }
        run.send(SIGINT)
        let end = run.wait()
        #expect(end.status == 130 && temporary.content.isEmpty, "\(end)")
    }

    @Test func theModelCanBeInTheEnvironment() throws {
        let run = try Program.run(
            ["predict", fixture.recordings[0], "--format", "json"], in: folder, .init(environment: ["STIMMUNG_MODEL": fixture.model]))
        #expect(try objects(run)[0]["label"] as? String == "anger")
    }

    @Test func aFolderGetsAFileForEach() throws {
        let run = try predict(fixture.recordings + ["-o", "answers/new", "--format", "textgrid", "--timeline", "-q"])
        let names = ["answers/new/a-anger-0.TextGrid", "answers/new/a-neutral-0.TextGrid", "answers/new/a-sadness-0.TextGrid"]
        #expect(run.status == 0 && run.output == names.joined(separator: "\n") + "\n", "\(run)")
        #expect(try names.allSatisfy { try folder.text($0).hasPrefix("File type") } && folder.isClean)
    }

    @Test func theWaveFormatsOfOthersAreRead() throws {
        let samples = (0..<9600).map { 0.1 * sin(2 * .pi * 300 * Float($0) / 16_000) }
        try folder.write("float.wav", wave(tag: 3, bits: 32, samples.flatMap { withUnsafeBytes(of: $0, Array.init) }))
        let object = try objects(predict(["float.wav", "--format", "json"]))
        #expect(object[0]["label"] as? String == "anger")
    }
}

/// A WAV file byte by byte, 16 kHz, one channel.
func wave(tag: UInt16, bits: UInt16, _ data: [UInt8], claimed: Int? = nil) -> Data {
    func number<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
    let size = UInt32(claimed ?? data.count)
    let frame = bits / 8
    let format =
        number(tag) + number(UInt16(1)) + number(UInt32(16_000)) + number(UInt32(16_000) * UInt32(frame)) + number(frame) + number(bits)
    return Data(
        Array("RIFF".utf8) + number(size + 36) + Array("WAVEfmt ".utf8) + number(UInt32(16)) + format + Array("data".utf8) + number(size))
        + data
}
