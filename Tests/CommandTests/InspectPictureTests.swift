import Foundation
import FoundationXML
import StimmungTestSupport
import Testing

struct InspectPictureTests {
    @Test func theBuiltInModelIsInspected() throws {
        let folder = try TemporaryFolder()
        let text = try Program.run(["inspect", "built-in"], in: folder)
        #expect(text.status == 0 && text.output.hasPrefix("recipe      functionals-live,"), "\(text)")
        let json = try Program.run(["inspect", "built-in", "--json"], in: folder)
        #expect(try (json.json() as? [String: Any])?["labels"] as? [String] != nil, "\(json)")
        // The name of a recipe is the recipe.
        #expect(try Program.run(["inspect", "encoder"], in: folder).output.contains("name: encoder"))
    }

    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    /// Machines of a moment.
    private func pretrain(order: Int = 2) throws {
        try folder.write(
            "crbm.yaml",
            """
            name: small-crbm
            features: {deltas: 0}
            pretraining: {machines: [{hidden: 8, order: \(order)}], epochs: 2, batch: 64}
            network: [{lstm: 4}]
            training: {epochs: 1, batch: 8}
            """)
        let made = try Program.run(["pretrain", "crbm.yaml", "--corpus", fixture.corpus, "-o", "machines.safetensors", "-q"], in: folder)
        try #require(made.status == 0, "\(made)")
    }

    private func isXML(_ name: String) throws -> Bool { XMLParser(data: try folder.bytes(name)).parse() }

    @Test func fourPicturesAreWrittenAndNamed() throws {
        try pretrain()
        let words = [
            "inspect", "machines.safetensors", "--pictures", "new/pictures", "--corpus", fixture.corpus, "--units", "4", "--seed", "3",
        ]
        let run = try Program.run(words + ["--recording", fixture.recordings[1]], in: folder)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        let names = ["filters.svg", "learning.svg", "reconstructions.svg", "continuation.svg"].map { "new/pictures/" + $0 }
        #expect(run.output.split(separator: "\n").map { String($0.prefix { $0 != ":" }) } == names)
        for name in names { #expect(try isXML(name), "\(name)") }
        #expect(try folder.text(names[3]).contains("Seed 3") && folder.text(names[2]).contains("a-neutral-0.wav"))
        #expect(folder.isClean)
        // The corpus alone shows its first utterance; files of before are replaced.
        let again = try Program.run(words, in: folder)
        #expect(try again.status == 0 && folder.text(names[2]).contains("a-anger-0.wav"), "\(again)")
    }

    @Test func whatCannotBeShownIsSaid() throws {
        try pretrain(order: 0)
        let plain = try Program.run(
            ["inspect", "machines.safetensors", "--pictures", "p", "--recording", fixture.recordings[0]], in: folder)
        #expect(plain.status == 0 && plain.errors.contains("order 0") && !folder.exists("p/continuation.svg"), "\(plain)")
        #expect(folder.exists("p/reconstructions.svg"))
        let silent = try Program.run(["inspect", "machines.safetensors", "--pictures", "q"], in: folder)
        #expect(silent.status == 0 && silent.errors.contains("recording") && folder.exists("q/filters.svg"), "\(silent)")

        let trained = try Program.run(
            ["train", "crbm.yaml", "--corpus", fixture.corpus, "--machines", "machines.safetensors", "-o", "m.safetensors", "-q"],
            in: folder)
        #expect(trained.status == 0, "\(trained)")
        let model = try Program.run(["inspect", "m.safetensors", "--pictures", "r"], in: folder)
        #expect(model.status == 0 && model.errors.contains("stimmung pretrain") && folder.exists("r/filters.svg"), "\(model)")
        let lstm = try Program.run(["inspect", fixture.model, "--pictures", "s"], in: folder)
        #expect(lstm.status == 1 && lstm.errors.contains("crbm-lstm") && !folder.exists("s"), "\(lstm)")
    }

    @Test func errorsNameTheFileAndLeaveNothing() throws {
        try pretrain()
        try folder.write("file", "")
        let before = folder.content
        let machines = ["inspect", "machines.safetensors"]
        let cases: [([String], Int32, String)] = [
            (machines + ["--pictures", "p", "--recording", "nosuch.wav"], 1, "nosuch.wav"),
            (machines + ["--pictures", "p", "--corpus", "nosuch"], 1, "nosuch"),
            (machines + ["--pictures", "p", "--recording", fixture.recordings[0], "--after", "9"], 2, "a-anger-0.wav"),
            (machines + ["--pictures", "file"], 1, "file"), (machines + ["--pictures", "file/p"], 1, "file/p"),
            (machines + ["--pictures", "p", "--units", "0"], 2, "--units"), (machines + ["--recording", "x.wav"], 2, "--pictures"),
            (machines + ["--pictures", "p", "--json"], 2, "--json"), (["inspect", "lstm", "--pictures", "p"], 2, "recipe"),
            (["inspect", "nosuch.safetensors", "--pictures", "p"], 1, "nosuch.safetensors"),
        ]
        for (words, status, word) in cases {
            let run = try Program.run(words, in: folder)
            #expect(run.status == status && run.errors.contains(word) && run.bytes.isEmpty, "\(words) \(run)")
            #expect(folder.content == before, "\(words) \(folder.content)")
        }
    }

    @Test func aFullDiskLeavesTheOlderPicture() throws {
        try pretrain()
        try FileManager.default.createDirectory(atPath: folder.file("p"), withIntermediateDirectories: true)
        try folder.write("p/filters.svg", "older")
        let before = folder.content
        let run = try Program.run(["inspect", "machines.safetensors", "--pictures", "p"], in: folder, .init(fileLimit: 4))
        #expect(run.status == 1 && run.errors.contains("filters.svg"), "\(run)")
        #expect(try folder.text("p/filters.svg") == "older" && folder.content == before)
    }
}
