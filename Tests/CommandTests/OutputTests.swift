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
        try FileManager.default.createSymbolicLink(atPath: folder.file("dangling"), withDestinationPath: "to.json")
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
        (["evaluate", "lstm", "--corpus", "tones/tones.csv", "--json", "new/../j", "--report", "j"], "new/../j", "j are the same path"),
        (["study", "--corpus", "tones", "--report", "tones"], "tones", "tones"),
        (["corpus", "import", "tones/tones.csv", "-o", "tones/tones.csv"], "tones.csv", "tones.csv"),
        (["corpus", "import", "tones/tones.csv", "-o", "r.wav"], "r.wav", "name of a recording"),
        (["predict", "tones", "-o", "tones/a-anger-0.wav", "--model", "m.st"], "a-anger-0.wav", "name of a recording"),
        (["study", "--corpus", "tones/tones.csv", "--systems", "lstm,mine.yaml", "--json", "mine.yaml"], "mine.yaml", "mine.yaml"),
        (["study", "--corpus", "tones/tones.csv", "--json", "tones/a-anger-0.wav"], "a-anger-0.wav", "name of a recording"),
        (["evaluate", "lstm", "--corpus", "tones/tones.csv", "--report", "new", "--json", "new/report.html"], "report.html", "new"),
        (["evaluate", "lstm", "--corpus", "tones/tones.csv", "--json", "to.json", "--predictions", "dangling"], "to.json", "dangling"),
        (["inspect", "m.st", "--pictures", "tones", "--corpus", "tones"], "tones", "tones"),
    ])
    func anInputIsNoOutputAndTwoOutputsAreTwo(arguments: [String], output: String, other: String) throws {
        let folder = try folder()
        let names = folder.content
        let before = try names.filter { !$0.hasSuffix("tones") && $0 != "dangling" }.map { try folder.bytes($0) }
        let run = try Program.run(arguments + (["train", "evaluate"].contains(arguments[0]) ? ["--epochs", "1"] : []), in: folder)
        #expect(run.status == 2 && run.bytes.isEmpty && run.errors.contains(output) && run.errors.contains(other), "\(run)")
        #expect(run.errors.hasPrefix("stimmung: The output") && run.errors.contains("Usage: stimmung \(arguments[0])"), "\(run)")
        #expect(folder.content == names)
        #expect(try names.filter { !$0.hasSuffix("tones") && $0 != "dangling" }.map { try folder.bytes($0) } == before)
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

    /// Beside recordings, only results of earlier runs are replaced.
    @Test func filesBesideRecordingsAreKept() throws {
        let folder = try folder()
        let manifest = try folder.bytes("tones/tones.csv")
        try folder.write("tones/a-anger-0.csv", "mine")
        try folder.write("tones/a-anger-0.npy", "mine")
        let words = ["predict", "tones", "-o", "tones", "--model", "m.st", "--format", "csv", "-q"]
        for _ in 0..<2 {
            let run = try Program.run(words, in: folder)
            #expect(run.status == 1 && run.errors.contains("a-anger-0.csv exists beside the recordings"), "\(run)")
            #expect(try folder.text("tones/a-anger-0.csv") == "mine" && folder.bytes("tones/tones.csv") == manifest)
            #expect(folder.exists("tones/b-anger-0.csv"))
        }
        let features = try Program.run(["features", "tones", "-o", "tones", "--format", "npy", "-q"], in: folder)
        #expect(features.status == 1 && features.errors.contains("a-anger-0.npy exists"), "\(features)")
        #expect(try folder.text("tones/a-anger-0.npy") == "mine")
        try folder.write("out/failures.csv", "mine")
        let other = try Program.run(["predict", "tones", "-o", "out", "--model", "m.st", "-q"], in: folder)
        #expect(
            try other.status == 1 && other.errors.contains("failures.csv is not a list") && folder.text("out/failures.csv") == "mine",
            "\(other)")
    }

    @Test(arguments: [["predict", ""], ["predict", "r.wav", "-o", ""], ["train", "lstm", "--corpus", "", "-o", "x"]])
    func emptyArgumentsAreNamed(arguments: [String]) throws {
        let run = try Program.run(arguments, in: folder())
        #expect(run.status == 2 && run.errors.contains("is empty"), "\(run)")
    }

    @Test func devicesAreNotOutputs() throws {
        let folder = try folder()
        let run = try Program.run(["predict", "r.wav", "--model", "m.st", "-o", "/dev/null"], in: folder)
        #expect(run.status == 1 && run.errors.contains("not a regular file"), "\(run)")
        let printed = try Program.run(["predict", "r.wav", "--model", "m.st", "-o", "/dev/stdout"], in: folder)
        #expect(printed.status == 0 && printed.output.hasPrefix("r.wav: "), "\(printed)")
    }

    @Test func oneOutputIsTrainedByOneRun() throws {
        let folder = try folder()
        let arguments = ["train", "mine.yaml", "--corpus", "tones/tones.csv", "-o", "w.st", "-q", "--epochs"]
        let first = try Program.start(arguments + ["100000"], in: folder)
        try first.wait { folder.exists("w.st.checkpoint") }
        let second = try Program.run(arguments + ["1"], in: folder)
        #expect(second.status == 1 && second.errors.contains("w.st is in use by another run"), "\(second)")
        try FileManager.default.createSymbolicLink(atPath: folder.file("l.st"), withDestinationPath: "w.st")
        let linked = try Program.run(arguments.map { $0 == "w.st" ? "l.st" : $0 } + ["1"], in: folder)
        #expect(linked.status == 1 && linked.errors.contains("l.st is in use by another run"), "\(linked)")
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
