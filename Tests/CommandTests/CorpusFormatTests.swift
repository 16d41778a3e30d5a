import Foundation
import StimmungTestSupport
import Testing

/// Lists of other programs at the command line.
struct CorpusFormatTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    /// Folds as EmoBox has them, of the tones of two speakers.
    private func writeFolds() throws {
        for (fold, speaker) in [(1, "a"), (2, "b")] {
            for part in ["train", "test"] {
                let tested = part == "test"
                let lines = ["a", "b"].filter { ($0 == speaker) == tested }.flatMap { speaker in
                    Fixture.emotions.flatMap { emotion in
                        (0..<2).map {
                            "{\"key\": \"x\", \"wav\": \"downloads/\(speaker)-\(emotion)-\($0).wav\", \"emo\": \"\(emotion)\", \"speaker\": \"\(speaker)\"}\n"
                        }
                    }
                }
                try folder.write("box/fold_\(fold)/tones_\(part)_fold_\(fold).jsonl", lines.joined())
            }
        }
    }

    @Test func anEvaluationByListedFolds() throws {
        try writeFolds()
        let arguments = [
            "evaluate", fixture.recipe, "--corpus", fixture.corpus, "--protocol", "folds=box", "--journal", "j", "--json", "-", "-q",
        ]
        let run = try Program.run(arguments, in: folder)
        #expect(run.status == 0 && run.errors.contains("box leaves out 6 utterances of tones"), "\(run)")
        let figures = try #require(try run.json() as? [String: Any])
        #expect((figures["folds"] as? [[String: Any]])?.map { $0["test"] as? String } == ["fold_1", "fold_2"])
        #expect(figures["utterances"] as? Int == 12 && figures["protocol"] as? String == "folds=box")
        // Another list of that name is another evaluation.
        try FileManager.default.removeItem(atPath: folder.file("box/fold_2"))
        let other = try Program.run(arguments, in: folder)
        #expect(other.status == 1 && other.errors.contains("j"), "\(other)")
    }

    @Test func recordingsAreFoundInANamedFolder() throws {
        try writeFolds()
        let missing = try Program.run(["corpus", "describe", "box"], in: folder)
        #expect(missing.status == 1 && missing.errors.contains("does not exist") && missing.errors.contains("--audio"), "\(missing)")
        let found = try Program.run(
            ["corpus", "import", "box", "--audio", fixture.folder.file("tones"), "-o", "m.csv"], in: folder)
        #expect(found.status == 0 && found.output.contains("12 utterances of 2 speakers"), "\(found)")
        let run = try Program.run(["corpus", "describe", fixture.corpus, "--min-confidence", "0.5"], in: folder)
        #expect(run.status == 2 && run.errors.contains("has no confidences"), "\(run)")
        let range = try Program.run(["corpus", "describe", fixture.corpus, "--min-confidence", "2"], in: folder)
        #expect(range.status == 2 && range.errors.contains("must be 0 to 1"), "\(range)")
    }

    /// `--audio` is an option of all commands that open a corpus, and of the second corpus of an evaluation.
    @Test func otherCommandsFindRecordingsToo() throws {
        try writeFolds()
        try FileManager.default.copyItem(atPath: fixture.folder.file("tones"), toPath: folder.file("copy"))
        let crossed = ["evaluate", fixture.recipe, "--corpus", fixture.corpus, "--protocol", "cross=box", "--epochs", "1", "-q"]
        let missing = try Program.run(crossed, in: folder)
        #expect(missing.status == 1 && missing.errors.contains("does not exist"), "\(missing)")
        let found = try Program.run(crossed + ["--audio", "copy", "--json", "-"], in: folder)
        #expect(found.status == 0 && found.output.contains("cross=box"), "\(found)")
        let experiment = [
            "experiment", "overfitting", "--corpus", "box", "--speakers", "a", "--every", "1", "--passes", "1", "--units", "4", "-q",
        ]
        let lost = try Program.run(experiment, in: folder)
        #expect(lost.status == 1 && lost.errors.contains("does not exist"), "\(lost)")
        let run = try Program.run(experiment + ["--audio", "copy"], in: folder)
        #expect(run.status == 0 && run.output.contains("of speakers a"), "\(run)")
        let words = ["experiment", "prediction", "--epochs", "1", "--orders", "1", "-q"]
        for corpora in [["--corpus", "box"], ["--corpus", fixture.corpus, "--protocol", "cross=box"]] {
            let lost = try Program.run(words + corpora, in: folder)
            #expect(lost.status == 1 && lost.errors.contains("does not exist"), "\(lost)")
            let prediction = try Program.run(words + corpora + ["--audio", "copy"], in: folder)
            #expect(prediction.status == 0 && prediction.output.hasPrefix("order"), "\(prediction)")
        }
        // The recipe is refused because it has no machines.
        let refused = try Program.run(
            ["experiment", "prediction", fixture.recipe, "--corpus", "box", "--audio", "copy", "-q"], in: folder)
        #expect(refused.status == 1 && refused.errors.contains("has no part \"pretraining\""), "\(refused)")
        let inspected = try Program.run(["inspect", fixture.model, "--audio", "copy"], in: folder)
        #expect(inspected.status == 2 && inspected.errors.contains("need --corpus"), "\(inspected)")
    }

    @Test func missingFoldersAreNamedWithARemedy() throws {
        try writeFolds()
        let audio = try Program.run(["corpus", "describe", "box", "--audio", "nowhere"], in: folder)
        #expect(audio.status == 1 && audio.errors.contains("\"nowhere\" cannot be read: there is no such folder. Give"), "\(audio)")
        let file = try Program.run(["corpus", "describe", "box", "--audio", fixture.corpus], in: folder)
        #expect(file.status == 1 && file.errors.contains("it is not a folder"), "\(file)")
        let folds = try Program.run(
            ["evaluate", fixture.recipe, "--corpus", fixture.corpus, "--protocol", "folds=none.csv", "-q"], in: folder)
        #expect(folds.status == 1 && folds.errors.contains("\"none.csv\" cannot be read: there is no such file"), "\(folds)")
        #expect(folds.errors.contains("Check the path of the list of folds."))
    }

    @Test func anArchiveIsFetched() throws {
        let run = try Program.run(["corpus", "fetch", "emodb", "--from", "none.zip"], in: folder)
        #expect(run.status == 1 && run.errors.contains("none.zip cannot be read") && run.errors.contains("path after --from"), "\(run)")
        let unknown = try Program.run(["corpus", "fetch", "ravdess"], in: folder)
        #expect(unknown.status == 2 && unknown.errors.contains("emodb"), "\(unknown)")
    }

    /// What the program curl wrote is gone before it is read.
    @Test func aDownloadThatCannotBeReadIsRemoved() throws {
        let programs = try folder.fakeProgram("curl", "while [ \"$1\" != --output ]; do shift; done; exec /bin/ln -s nowhere \"$2\"")
        let run = try Program.run(
            ["corpus", "fetch", "emodb", "--from", "http://127.0.0.1:1/x.zip", "-o", "e", "-q"], in: folder,
            Program.Settings(environment: ["PATH": programs]))
        #expect(run.status == 1 && run.errors.contains("http://127.0.0.1:1/x.zip is refused: it cannot be read"), "\(run)")
        #expect(!run.errors.contains("path after --from") && run.errors.contains("Run the command again"), "\(run)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("e")) == ["wav"])
    }

    @Test(.enabled(if: TestData.corpus("emodb") != nil && isInstalled("zip"), "EmoDB or zip is missing"))
    func emodbIsFetched() throws {
        try runProgram("sh", ["-c", "cd \"$1\" && zip -q -r \"$2\" wav", "sh", TestData.corpus("emodb")!, folder.file("d.zip")])
        let run = try Program.run(["corpus", "fetch", "emodb", "--from", "d.zip", "-o", "e", "-q"], in: folder)
        #expect(run.status == 0 && run.output == "e: 535 new recordings, 0 kept, all as published\n", "\(run)")
        let again = try Program.run(["corpus", "fetch", "emodb", "-o", "e", "-q"], in: folder)
        #expect(again.output == "e: 0 new recordings, 535 kept, all as published\n", "\(again)")
        let shown = try Program.run(["corpus", "describe", "e"], in: folder)
        #expect(shown.output.contains("535 utterances in 535 files, 10 speakers"), "\(shown)")
    }
}
