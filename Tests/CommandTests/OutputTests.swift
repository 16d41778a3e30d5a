import Foundation
import StimmungTestSupport
import Testing

/// Outputs that would cost the user a file, or the work.
struct OutputTests {
    /// Copies of the fixture's files, so that a failure costs nothing.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let fixture = try Fixture.shared()
        try FileManager.default.copyItem(atPath: fixture.folder.file("tones"), toPath: folder.file("tones"))
        for (name, source) in [("r.wav", fixture.recordings[0]), ("m.st", fixture.model), ("mine.yaml", fixture.recipe)] {
            try FileManager.default.copyItem(atPath: source, toPath: folder.file(name))
        }
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.wav"), withDestinationPath: "r.wav")
        try FileManager.default.linkItem(atPath: folder.file("r.wav"), toPath: folder.file("hard.wav"))
        return folder
    }

    @Test(arguments: [
        (["features", "r.wav", "-o", "r.wav"], "r.wav", "r.wav"), (["features", "r.wav", "-o", "link.wav"], "link.wav", "r.wav"),
        (["alter", "r.wav", "--by", "gain=1", "-o", "hard.wav"], "hard.wav", "r.wav"),
        (["predict", "r.wav", "-o", "r.wav", "--model", "m.st"], "r.wav", "r.wav"),
        (["train", "mine.yaml", "--corpus", "tones/tones.csv", "-o", "mine.yaml"], "mine.yaml", "mine.yaml"),
        (["train", "mine.yaml", "--corpus", "tones/tones.csv", "-o", "tones/a-anger-0.wav"], "a-anger-0.wav", "tones/a-anger-0.wav"),
        (["pretrain", "crbm-lstm", "--corpus", "tones/tones.csv", "-o", "tones/tones.csv"], "tones.csv", "tones.csv"),
        (["evaluate", "lstm", "--corpus", "tones/tones.csv", "--predictions", "tones/tones.csv"], "tones.csv", "tones.csv"),
        (["evaluate", "mine.yaml", "--corpus", "tones/tones.csv", "--journal", "mine.yaml"], "mine.yaml", "mine.yaml"),
        (["evaluate", "lstm", "--corpus", "tones/tones.csv", "--json", "j", "--predictions", "./j"], "outputs j", "./j"),
        (["evaluate", "lstm", "--corpus", "tones/tones.csv", "--json", "new/../j", "--report", "j"], "new/../j", "j are one"),
        (["study", "--corpus", "tones", "--report", "tones"], "tones", "tones"),
        (["corpus", "import", "tones/tones.csv", "-o", "tones/tones.csv"], "tones.csv", "tones.csv"),
        (["inspect", "m.st", "--pictures", "tones", "--corpus", "tones"], "tones", "tones"),
    ])
    func anInputIsNoOutputAndTwoOutputsAreTwo(arguments: [String], output: String, other: String) throws {
        let folder = try folder()
        let names = folder.content
        let before = try names.filter { !$0.hasSuffix("tones") }.map { try folder.bytes($0) }
        let run = try Program.run(arguments + (["train", "evaluate"].contains(arguments[0]) ? ["--epochs", "1"] : []), in: folder)
        #expect(run.status == 2 && run.bytes.isEmpty && run.errors.contains(output) && run.errors.contains(other), "\(run)")
        #expect(run.errors.hasPrefix("stimmung: The output") && run.errors.contains("Usage: stimmung \(arguments[0])"), "\(run)")
        #expect(folder.content == names)
        #expect(try names.filter { !$0.hasSuffix("tones") }.map { try folder.bytes($0) } == before)
    }

    @Test(arguments: [
        (["evaluate", "lstm", "--corpus", "CORPUS", "--report", "file/report"], "file is not a folder"),
        (["evaluate", "lstm", "--corpus", "CORPUS", "--report", String(repeating: "n", count: 256)], "File name too long"),
        (["evaluate", "lstm", "--corpus", "CORPUS", "--json", String(repeating: "n", count: 256)], "File name too long"),
        (["evaluate", "lstm", "--corpus", "CORPUS", "--journal", "."], "it is a folder"),
        (["train", "lstm", "--corpus", "CORPUS", "-o", String(repeating: "n", count: 250)], "File name too long"),
        (["predict", "r.wav", "-o", "file/out"], "file is not a folder"), (["predict", "r.wav", "-o", "file"], "file is a file"),
        (["predict", "r.wav", "-o", "file/out.json"], "the folder file does not exist"),
    ])
    func whatCannotBeWrittenIsNoticedBeforeTheWork(arguments: [String], words: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("file", "")
        let corpus = try Fixture.shared().corpus
        let run = try Program.run(arguments.map { $0 == "CORPUS" ? corpus : $0 }, in: folder)
        #expect(run.status == 1 && run.bytes.isEmpty && run.errors.contains(words), "\(run)")
        #expect(!run.errors.contains("Error Domain") && !run.errors.contains("..\n") && folder.content == ["file"], "\(run)")
    }

    @Test func oneOutputIsTrainedByOneRun() throws {
        let folder = try folder()
        let arguments = ["train", "mine.yaml", "--corpus", "tones/tones.csv", "-o", "w.st", "-q", "--epochs"]
        let first = try Program.start(arguments + ["100000"], in: folder)
        try first.wait { folder.exists("w.st.checkpoint") }
        let second = try Program.run(arguments + ["1"], in: folder)
        #expect(second.status == 1 && second.errors.contains("w.st is in use by another run"), "\(second)")
        #expect(!folder.exists("w.st") && folder.exists("w.st.checkpoint"))
        first.send(SIGKILL)
        first.wait()
        let third = try Program.run(arguments + ["1"], in: folder)
        #expect(third.status == 0 && folder.exists("w.st"), "\(third)")
        #expect(!folder.names.contains { $0.hasSuffix(".lock") })
    }

    /// What only `run` finds is about the command that ran.
    @Test(arguments: [
        (["features", "x.wav", "--set", "hop"], "stimmung features"), (["inspect", "lstm", "--pictures", "p"], "stimmung inspect"),
        (["experiment", "prediction", "--corpus", "CORPUS", "--orders", "x"], "stimmung experiment prediction"),
    ])
    func usageErrorsNameTheirCommand(arguments: [String], command: String) throws {
        let corpus = try Fixture.shared().corpus
        let run = try Program.run(arguments.map { $0 == "CORPUS" ? corpus : $0 }, in: TemporaryFolder())
        #expect(run.status == 2 && run.errors.hasPrefix("stimmung: ") && run.errors.contains("Usage: \(command) "), "\(run)")
        #expect(run.errors.contains("See '\(command) --help'"), "\(run)")
    }
}
