import Foundation
import StimmungTestSupport
import Testing

/// A disk that is full: an error and its status, nothing half-written, older files as they were.
struct FullDiskTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    /// Commands whose file is larger than the limit in blocks; the file's name comes last.
    @Test(arguments: [
        (["train", "RECIPE", "--corpus", "CORPUS", "-q", "-o"], 4, "m.checkpoint"), (["features", "WAV", "--format", "npy", "-o"], 4, "m.npy"),
        (["features", "WAV", "-o"], 4, "m.csv"), (["evaluate", "RECIPE", "--corpus", "CORPUS", "-q", "--json"], 1, "m"),
        (["corpus", "import", "CORPUS", "-o"], 0, "m"), (["predict", "--model", "MODEL", "WAV", "--format", "json", "-o"], 0, "m"),
    ])
    func theOlderFileStays(command: [String], limit: Int, named: String) throws {
        let values = ["RECIPE": fixture.recipe, "CORPUS": fixture.corpus, "WAV": fixture.recordings[0], "MODEL": fixture.model]
        let output = command[0] == "features" ? named : "m"
        let words = command.map { values[$0] ?? $0 } + [output]
        let isFolder = command[0] == "predict"
        if isFolder { try FileManager.default.createDirectory(atPath: folder.file("m"), withIntermediateDirectories: true) }
        let file = isFolder ? "m/a-anger-0.json" : output
        try folder.write(file, "older")
        let before = folder.content
        // Standard error may grow beyond no limit either, so the message is looked for where there is room for it.
        let run = try Program.run(words, in: folder, .init(fileLimit: limit))
        #expect(run.status == 1 && (limit == 0 || run.errors.contains(named)), "\(run)")
        #expect(try folder.text(file) == "older" && folder.content == before, "\(folder.content)")
    }

    @Test func aSynthesisLeavesNothing() throws {
        guard isInstalled("espeak-ng") else { return }
        let run = try Program.run(
            ["corpus", "synthesise", "--voices", "1", "--sentences", "1", "-o", "s", "-q"], in: folder, .init(fileLimit: 20))
        #expect(run.status == 1 && folder.content.isEmpty && run.errors.hasPrefix("stimmung: "), "\(run) \(folder.content)")
    }

    @Test(arguments: [
        ["predict", "--model", "MODEL", "WAV"], ["predict", "--model", "MODEL", "WAV", "--format", "json", "--timeline"],
        ["features", "WAV"],
        ["features", "WAV", "--format", "npy"], ["evaluate", "RECIPE", "--corpus", "CORPUS", "-q"], ["corpus", "list"],
        ["evaluate", "RECIPE", "--corpus", "CORPUS", "-q", "--json", "-"], ["corpus", "describe", "CORPUS"], ["inspect", "MODEL"],
        ["inspect", "lstm"], ["--help"], ["--version"],
    ])
    func fullStandardOutputIsAFailure(command: [String]) throws {
        let values = ["RECIPE": fixture.recipe, "CORPUS": fixture.corpus, "WAV": fixture.recordings[0], "MODEL": fixture.model]
        let run = try Program.run(command.map { values[$0] ?? $0 }, in: folder, .init(output: "/dev/full"))
        #expect(run.status == 1 && run.errors.contains("standard output"), "\(run)")
    }
}
