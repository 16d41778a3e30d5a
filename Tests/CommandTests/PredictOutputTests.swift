import Foundation
import StimmungTestSupport
import Testing

/// What `-o` of `predict` and `features` means, and `--channels`.
struct PredictOutputTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func predict(_ arguments: [String]) throws -> FinishedProgram {
        try Program.run(["predict", "--model", fixture.model, "-q"] + arguments, in: folder)
    }

    @Test func anExtensionMakesAFileOfAllResults() throws {
        let run = try predict(fixture.recordings + ["-o", "all.json"])
        #expect(run.status == 0 && run.bytes.isEmpty && folder.content == ["all.json"], "\(run)")
        let printed = try predict(fixture.recordings + ["--format", "json"])
        #expect(try folder.bytes("all.json") == printed.bytes)
        #expect(try predict(fixture.recordings + ["-o", "all.csv"]).status == 0 && folder.text("all.csv").hasPrefix("file,duration,label"))
        #expect(try predict([fixture.recordings[0], "-o", "all.json"]).status == 0 && folder.text("all.json") != printed.output)
        #expect(try predict(fixture.recordings + ["-o", "-", "--format", "json"]).bytes == printed.bytes)
    }

    @Test func aSlashOrNoExtensionMakesAFolder() throws {
        #expect(try predict([fixture.recordings[0], "-o", "x.json/"]).status == 0 && folder.exists("x.json/a-anger-0.txt"))
        #expect(try predict([fixture.recordings[0], "-o", "x.json", "--format", "json"]).status == 0 && folder.exists("x.json/a-anger-0.json"))
        #expect(try predict([fixture.recordings[0], "-o", "2024.06"]).status == 0 && folder.exists("2024.06/a-anger-0.txt"))
    }

    @Test(arguments: [
        (["-o", "x.csv", "--format", "json"], Int32(2), "x.csv"), (["-o", "existing"], 1, "existing is a file"),
        (["-o", "existing/out"], 1, "existing"), (["-o", "none/x.json"], 1, "none"), (["-o", "x.json", "--resume"], 2, "folder"),
        (["--resume"], 2, "folder"), (["-o", "existing/x.json"], 1, "existing"),
    ])
    func impossibleOutputsAreNamed(arguments: [String], status: Int32, word: String) throws {
        try folder.write("existing", "older")
        let run = try predict([fixture.recordings[0]] + arguments)
        #expect(run.status == status && run.bytes.isEmpty && run.errors.contains(word), "\(run)")
        let error = run.errors.split(separator: "\n").first ?? ""
        #expect(!error.contains("NSCocoa") && !error.contains(".."), "\(run)")
        #expect(try folder.content == ["existing"] && folder.text("existing") == "older")
    }

    /// A file is replaced at the end only.
    @Test func anInterruptedFileIsTheOlderOne() throws {
        try folder.write("all.jsonl", "older")
        for number in 0..<300 { try folder.write("calls/\(number).wav", Data(contentsOf: URL(fileURLWithPath: fixture.recordings[0]))) }
        let run = try Program.start(["predict", "--model", fixture.model, "calls", "-o", "all.jsonl"], in: folder)
        try run.wait { run.handlesInterruption && folder.content.contains { $0.hasSuffix(".partial") } }
        run.send(SIGINT)
        #expect(run.wait().status == 130)
        #expect(try folder.text("all.jsonl") == "older" && folder.isClean)
    }

    // MARK: - Names and warnings

    @Test func recordingsOfOneNameHaveDistinctIds() throws {
        for name in ["calls/a/call.wav", "calls/b/my call.wav", "calls/b/call.wav", "calls/call.wav", "calls/call.flac"] {
            try folder.write(name, Data(contentsOf: URL(fileURLWithPath: fixture.recordings[0])))
        }
        let run = try predict(["calls", "--format", "rttm"])
        let lines = run.output.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: false) }
        #expect(run.status == 0 && lines.allSatisfy { $0.count == 10 }, "\(run)")
        #expect(lines.map { $0[1] } == ["a%2Fcall", "b%2Fcall", "b%2Fmy%20call", "call.flac", "call.wav"])
        let table = try predict(["calls", "--format", "csv"]).output.split(separator: "\n")
        #expect(table.count == 6 && table[3].hasPrefix("calls/b/my call.wav,0.6,anger,"))
    }

    @Test func warningsArePrintedOrWritten() throws {
        var wave = Wave.pcm16((0..<16_000).map { 0.3 * sin(2 * .pi * 300 * Float($0) / 16_000) })
        wave.claimedData = 16_000
        try folder.write("a b.wav", wave.bytes)
        let text = try predict(["a b.wav"])
        #expect(text.status == 0 && text.errors.hasPrefix("stimmung: warning: a b.wav: ") && text.errors.contains("1.0 s"), "\(text)")
        let json = try predict(["a b.wav", "--format", "json"])
        let object = try #require((try json.json() as? [[String: Any]])?.first)
        let warning = try #require((object["warnings"] as? [[String: String]])?.first)
        #expect(warning["code"] == "audio.longer-than-declared" && warning["message"] != "" && object["duration"] as? Double == 1)
        #expect(json.errors.isEmpty)
        let csv = try predict(["a b.wav", "--format", "csv"])
        #expect(csv.output.hasSuffix(",audio.longer-than-declared,\n") && csv.errors.isEmpty)
    }

    @Test func anEmptyModelVariableIsUnset() throws {
        let run = try Program.run(["predict", fixture.recordings[0]], in: folder, .init(environment: ["STIMMUNG_MODEL": ""]))
        #expect(run.status == 0 && run.output.hasPrefix(fixture.recordings[0]), "\(run)")
    }

    /// On a terminal, results are not broken up by progress, nor JSON by errors that it holds.
    @Test func resultsOnATerminalAreWhole() throws {
        try folder.write("bad.wav", "no audio")
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        defer { close(terminal) }
        // Linux's TIOCSPTLCK and TIOCGPTN: unlocks the terminal, and asks for its number.
        var (locked, number): (Int32, Int32) = (0, 0)
        try #require(terminal >= 0 && ioctl(terminal, 0x4004_5431, &locked) == 0 && ioctl(terminal, 0x8004_5430, &number) == 0)
        let name = "/dev/pts/\(number)"
        let words = [Program.path, "predict", "--model", fixture.model, "--format", "json", "bad.wav"] + fixture.recordings
        let run = try Program.start(["-c", "exec \"$@\" > \(name) 2>&1", "sh"] + words, in: folder, .init(program: "/bin/sh"))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        // The terminal reports an error once the program has closed it.
        while case let count = read(terminal, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        #expect(run.wait().status == 1)
        let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
        let end = try #require(text.range(of: "\n]\n"))
        let objects = try JSONSerialization.jsonObject(with: Data(text[..<end.upperBound].utf8)) as? [Any]
        #expect(objects?.count == 4 && text[end.upperBound...] == "stimmung: 1 of 4 files failed\n", "\(text)")
    }

    // MARK: - Channels

    /// Anger in the first channel, soft; sadness in the second, loud.
    private func writeCall(_ name: String) throws {
        var wave = Wave.pcm16(
            (0..<19_200).map { index in
                let time = Float(index / 2) / 16_000
                return index % 2 == 0 ? 0.1 * sin(2 * .pi * 300 * time) : 0.3 * sin(2 * .pi * 1200 * time)
            })
        wave.channels = 2
        try folder.write(name, wave.bytes)
    }

    @Test func everyFormatNamesTheChannel() throws {
        try writeCall("my call.wav")
        let arguments = ["my call.wav", "--channels", "each", "--format"]
        let objects = try #require(try predict(arguments + ["json"]).json() as? [[String: Any]])
        #expect(objects.map { $0["channel"] as? Int } == [1, 2] && objects.map { $0["label"] as? String } == ["anger", "sadness"])
        let csv = try predict(arguments + ["csv"]).output.split(separator: "\n")
        #expect(csv[0].hasPrefix("file,channel,duration,") && csv[1].hasPrefix("my call.wav,1,0.6,anger,") && csv[2].hasPrefix("my call.wav,2,"))
        let rttm = try predict(arguments + ["rttm"]).output.split(separator: "\n")
        #expect(rttm.count == 2 && rttm[0].hasPrefix("SPEAKER my%20call 1 0.000 0.600 ") && rttm[1].hasPrefix("SPEAKER my%20call 2 0.000 0.600 "))
        let text = try predict(arguments + ["text"]).output.split(separator: "\n")
        #expect(text[0].hasPrefix("my call.wav, channel 1: anger ") && text[1].hasPrefix("my call.wav, channel 2: sadness "))
        let grids = try predict(arguments + ["textgrid", "-o", "out"])
        #expect(grids.output == "out/my call.channel-1.TextGrid\nout/my call.channel-2.TextGrid\n", "\(grids)")
        #expect(try folder.text("out/my call.channel-2.TextGrid").contains("name = \"emotion, channel 2\""))
        #expect(try predict(arguments + ["textgrid", "-o", "out", "--resume"]).output.isEmpty)
    }

    @Test func oneChannelIsARecordingToo() throws {
        try writeCall("call.wav")
        let labels = try ["mix", "first", "louder"].map { choice in
            let run = try predict(["call.wav", "--channels", choice, "--format", "json"])
            let object = try #require((try run.json() as? [[String: Any]])?.first)
            #expect(object["channel"] == nil)
            return object["label"] as? String
        }
        #expect(labels[1...] == ["anger", "sadness"])
        let mono = try #require(
            try predict([fixture.recordings[0], "--channels", "each", "--format", "json"]).json() as? [[String: Any]])
        #expect(mono.map { $0["channel"] as? Int } == [1])
    }

    @Test func channelsOfStandardInputAndFailuresAreNamed() throws {
        try writeCall("call.wav")
        let run = try Program.run(
            ["predict", "--model", fixture.model, "--channels", "each", "-", "none.wav", "--format", "csv", "-q"], in: folder,
            .init(input: folder.file("call.wav")))
        let lines = run.output.split(separator: "\n")
        #expect(run.status == 1 && lines.count == 4, "\(run)")
        #expect(lines[1].hasPrefix("-,1,") && lines[2].hasPrefix("-,2,") && lines[3].hasPrefix("none.wav,,,"))
    }
}
