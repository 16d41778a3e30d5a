import Foundation
import FoundationXML
import StimmungNetworks
import StimmungTestSupport
import Testing

struct ExperimentPictureTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func isXML(_ name: String) throws -> Bool { XMLParser(data: try folder.bytes(name)).parse() }

    private var frames: [String] { ["--corpus", fixture.corpus, "--speakers", "a,b", "--passes", "3", "--units", "4", "-q"] }

    @Test func everyExperimentPrintsATableAndWritesItsPictures() throws {
        let optimisers = try Program.run(["experiment", "optimisers"] + frames + ["--pictures", "new/p"], in: folder)
        #expect(optimisers.status == 0 && optimisers.errors.isEmpty && optimisers.output.contains("L-BFGS"), "\(optimisers)")
        #expect(try isXML("new/p/optimisers.svg"))
        let gradients = try Program.run(
            ["experiment", "gradients", "--lags", "10", "--updates", "0", "--layers", "3", "--pretraining-passes", "1", "--pictures", "p"]
                + frames, in: folder)
        #expect(gradients.status == 0 && gradients.output.contains("auto-encoder"), "\(gradients)")
        #expect(try isXML("p/gradients.svg") && isXML("p/deep-mlp.svg"))
        let overfitting = try Program.run(["experiment", "overfitting"] + frames + ["--pictures", "p"], in: folder)
        #expect(overfitting.status == 0 && overfitting.output.contains("speakers c held out"), "\(overfitting)")
        #expect(try isXML("p/overfitting.svg") && folder.isClean)
        let alone = try Program.run(["experiment", "gradients", "--lags", "5", "--updates", "0", "-q"], in: folder)
        #expect(alone.status == 0 && alone.output.contains("LSTM, random start"), "\(alone)")
        let outputs = try ["1", "2"].map { threads in
            try Program.run(["experiment", "overfitting"] + frames + ["--threads", threads], in: folder).output
        }
        #expect(outputs[0] == outputs[1] && !outputs[0].isEmpty)
    }

    @Test func errorsNameTheOptionOrFileAndLeaveNothing() throws {
        try folder.write("file", "")
        let before = folder.content
        let corpus = ["--corpus", fixture.corpus]
        let cases: [([String], Int32, String)] = [
            (["optimisers"], 2, "--corpus"), (["optimisers", "--corpus", "nosuch"], 1, "nosuch"),
            (["optimisers"] + corpus, 2, "--speakers"), (["optimisers"] + corpus + ["--speakers", "zed"], 1, "zed"),
            (["optimisers"] + corpus + ["--speakers", ","], 2, "--speakers"),
            (["optimisers"] + corpus + ["--speakers", "a", "--pictures", "file"], 1, "file"),
            (["optimisers"] + corpus + ["--passes", "0"], 2, "--passes"), (["optimisers"] + corpus + ["--every", "0"], 2, "--every"),
            (["gradients", "--lags", "0"], 2, "--lags"), (["gradients", "--pictures", "file/p"], 1, "file/p"),
            (["gradients", "--learning-rate", "-1"], 2, "--learning-rate"), (["overfitting"], 2, "--corpus"),
            (["overfitting"] + corpus + ["--speakers", "a,b,c"], 2, "--speakers"),
        ]
        for (words, status, word) in cases {
            let run = try Program.run(["experiment"] + words, in: folder)
            #expect(run.status == status && run.errors.contains(word) && run.bytes.isEmpty, "\(words) \(run)")
            #expect(folder.content == before, "\(words) \(folder.content)")
        }
    }
}
