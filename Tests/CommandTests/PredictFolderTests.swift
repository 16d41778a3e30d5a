import Foundation
import StimmungTestSupport
import Testing

/// `predict -o FOLDER`: names, `--resume`, and the list of failures.
struct PredictFolderTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func predict(_ arguments: [String]) throws -> FinishedProgram {
        try Program.run(["predict", "--model", fixture.model, "-q"] + arguments, in: folder)
    }

    private func copy(_ recording: Int, to name: String) throws {
        try folder.write(name, Data(contentsOf: URL(fileURLWithPath: fixture.recordings[recording])))
    }

    /// What is in a folder: the bytes of each file by its path.
    private func content(_ name: String) throws -> [String: Data] {
        let files = folder.content.filter { $0.hasPrefix(name + "/") }
        return try Dictionary(
            uniqueKeysWithValues: files.filter { !URL(fileURLWithPath: folder.file($0)).hasDirectoryPath }.map {
                (String($0.dropFirst(name.count + 1)), try folder.bytes($0))
            })
    }

    private func visible(_ name: String) throws -> [String] { try content(name).keys.filter { !$0.hasPrefix(".") }.sorted() }

    // MARK: - Names

    @Test func subfoldersAreMirrored() throws {
        for name in ["calls/call.wav", "calls/b/call.wav", "calls/b/c/my call.wav"] { try copy(0, to: name) }
        let run = try predict(["calls", "-o", "out", "--format", "json"])
        #expect(run.status == 0, "\(run)")
        #expect(try visible("out") == ["b/c/my call.json", "b/call.json", "call.json"])
        #expect(run.output.split(separator: "\n").sorted() == ["out/b/c/my call.json", "out/b/call.json", "out/call.json"])
    }

    /// Recordings that differ only by the extension keep it, and whatever else could get the same name.
    @Test func extensionsAreKeptWhereTheyTell() throws {
        for name in ["call.wav", "call.WAV", "call.wav.flac", "other.wav", "call.b.wav"] { try copy(0, to: "calls/\(name)") }
        let run = try predict(["calls", "-o", "out"])
        #expect(run.status == 0, "\(run)")
        #expect(try visible("out") == ["call.WAV.txt", "call.b.txt", "call.wav.flac.txt", "call.wav.txt", "other.txt"])
    }

    /// Names depend on neither the order of the inputs nor on how they are spelt.
    @Test(arguments: [["a", "b"], ["b", "a"], ["./a/", "b/call.wav"], ["b/../a/call.wav", "b"]])
    func severalInputsKeepTheirFolders(inputs: [String]) throws {
        try copy(0, to: "a/call.wav")
        try copy(1, to: "b/call.wav")
        let run = try predict(inputs + ["-o", "out", "--format", "csv"])
        #expect(run.status == 0, "\(run)")
        #expect(try visible("out") == ["a/call.csv", "b/call.csv"])
        #expect(try folder.text("out/a/call.csv").contains("anger") && folder.text("out/b/call.csv").contains(",neutral,"))
    }

    /// A long name fits wherever it fits with the result's extension; one that is longer is shortened. One that cannot be written costs one result.
    @Test func longNamesFitAndOneFailedOutputCostsOne() throws {
        let long = String(repeating: "l", count: 220)
        for name in ["calls/\(long).wav", "calls/\(String(repeating: "m", count: 251)).wav", "calls/a.wav", "calls/z.wav"] { try copy(0, to: name) }
        let run = try predict(["calls", "-o", "out", "--format", "textgrid"])
        #expect(run.status == 0, "\(run)")
        let names = try visible("out")
        #expect(names.count == 4 && names.contains("\(long).TextGrid") && names.contains { $0.hasPrefix("mmm") && $0.utf8.count == 255 }, "\(names)")

        try folder.write("blocked/a.json/in the way", "x")
        let blocked = try predict(["calls", "-o", "blocked", "--format", "json"])
        #expect(blocked.status == 1 && blocked.errors.contains("blocked/a.json cannot be written") && blocked.errors.contains("1 of 4"), "\(blocked)")
        #expect(folder.exists("blocked/z.json") && folder.exists("blocked/\(long).json"))
        #expect(try folder.text("blocked/failures.csv").contains("calls/a.wav,,prediction.unwritable,"))
    }

    // MARK: - Resuming

    @Test func finishedRecordingsAreSkipped() throws {
        for number in 0..<3 { try copy(number, to: "calls/\(number).wav") }
        let arguments = ["calls", "-o", "out", "--format", "json", "--resume"]
        #expect(try predict(arguments).output.split(separator: "\n").count == 3)
        let before = try content("out")
        let again = try predict(arguments)
        #expect(again.status == 0 && again.output.isEmpty, "\(again)")
        #expect(try content("out") == before)
    }

    /// Other content of the same size and time, another model, other options, a result that is gone or damaged: recognised again.
    @Test func whatChangedIsRecognisedAgain() throws {
        for number in 0..<2 { try copy(number, to: "calls/\(number).wav") }
        let arguments = ["calls", "-o", "out", "--format", "json", "--resume"]
        #expect(try predict(arguments).status == 0)

        let path = folder.file("calls/0.wav")
        let date = try #require(FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
        var bytes = try folder.bytes("calls/0.wav")
        bytes.replaceSubrange(44..., with: try Data(contentsOf: URL(fileURLWithPath: fixture.recordings[2]))[44...])
        try folder.write("calls/0.wav", bytes)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        #expect(try predict(arguments).output == "out/0.json\n")
        #expect(try folder.text("out/0.json").contains("\"label\": \"sadness\""))

        try folder.write("out/1.json", "[]")
        #expect(try predict(arguments).output == "out/1.json\n")
        try FileManager.default.removeItem(atPath: folder.file("out/1.json"))
        #expect(try predict(arguments).output == "out/1.json\n")
        #expect(try predict(arguments + ["--timeline"]).output == "out/0.json\nout/1.json\n")
        #expect(try predict(arguments + ["--channels", "first"]).output == "out/0.json\nout/1.json\n")
        let builtIn = try Program.run(["predict", "-q"] + arguments, in: folder)
        #expect(builtIn.status == 0 && builtIn.output == "out/0.json\nout/1.json\n", "\(builtIn)")
    }

    /// Killed at any time, a later run gives the bytes of one that was not disturbed.
    @Test func aKilledRunResumes() throws {
        for number in 0..<90 { try copy(number % 3, to: "calls/\(number % 4)/\(number).wav") }
        try folder.write("calls/bad.wav", "no audio")
        #expect(try predict(["calls", "-o", "whole", "--format", "json"]).status == 1)
        for wanted in [1, 40] {
            let run = try Program.start(
                ["predict", "--model", fixture.model, "-q", "calls", "-o", "out", "--format", "json", "--resume"], in: folder)
            try run.wait { folder.content.count { $0.hasPrefix("out/") && $0.hasSuffix(".json") } >= wanted }
            run.send(SIGKILL)
            #expect(run.wait().signal == SIGKILL)
        }
        let resumed = try predict(["calls", "-o", "out", "--format", "json", "--resume"])
        #expect(resumed.status == 1 && resumed.output.split(separator: "\n").count < 91, "\(resumed)")
        #expect(try content("out") == content("whole"))
    }

    @Test func anInterruptedRunSaysHowToGoOn() throws {
        for number in 0..<200 { try copy(number % 3, to: "calls/\(number).wav") }
        try folder.write("calls/000.wav", "no audio")
        let run = try Program.start(["predict", "--model", fixture.model, "-q", "calls", "-o", "out", "--format", "json"], in: folder)
        try run.wait { folder.content.count { $0.hasPrefix("out/") && $0.hasSuffix(".json") } >= 5 }
        run.send(SIGINT)
        let end = run.wait()
        #expect(end.status == 130 && end.errors.contains("--resume"), "\(end)")
        #expect(folder.exists("out/failures.csv") && folder.isClean && !folder.exists("out/.stimmung-finished.log"), "\(folder.content)")
    }

    @Test func twoRunsDoNotShareAFolder() throws {
        try copy(0, to: "a.wav")
        #expect(try predict(["a.wav", "-o", "out"]).status == 0)
        let lock = open(folder.file("out/.stimmung-finished.log"), O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(lock) }
        try #require(lock >= 0 && flock(lock, LOCK_EX) == 0)
        let run = try predict(["a.wav", "-o", "out", "--resume"])
        #expect(run.status == 1 && run.errors.contains("out is in use"), "\(run)")
        // A run that does not resume needs nothing of the other's.
        #expect(try predict(["a.wav", "-o", "out"]).status == 0)
    }

    // MARK: - Failures

    @Test func failuresAreListed() throws {
        try copy(0, to: "calls/good.wav")
        try folder.write("calls/bad one.wav", "no audio")
        try folder.write("calls/empty.wav", "")
        let run = try Program.run(["predict", "--model", fixture.model, "calls", "-o", "out", "--format", "rttm"], in: folder)
        #expect(run.status == 1 && run.errors.contains("recognised: 1 of 3, failed: 2"), "\(run)")
        #expect(run.errors.contains("2 of 3 files failed; they are listed in out/failures.csv"))
        let lines = try folder.text("out/failures.csv").split(separator: "\n")
        #expect(lines.count == 3 && lines[0] == "file,channel,code,message")
        #expect(lines[1].hasPrefix("calls/bad one.wav,,audio.not-audio,") && lines[2].hasPrefix("calls/empty.wav,,audio.empty-file,"))
        #expect(try visible("out") == ["failures.csv", "good.rttm"])

        try copy(0, to: "calls/bad one.wav")
        try copy(0, to: "calls/empty.wav")
        #expect(try predict(["calls", "-o", "out", "--format", "rttm", "--resume"]).status == 0)
        #expect(try visible("out") == ["bad one.rttm", "empty.rttm", "good.rttm"])
    }

    /// A recording of that name does not get into the way of the list.
    @Test func aRecordingNamedLikeTheListHasAnotherName() throws {
        try copy(0, to: "calls/failures.wav")
        try folder.write("calls/bad.wav", "no audio")
        let run = try predict(["calls", "-o", "out", "--format", "csv"])
        #expect(run.status == 1, "\(run)")
        #expect(try folder.text("out/failures.csv").hasPrefix("file,channel,code,message\n") && visible("out").count == 3)
    }
}
