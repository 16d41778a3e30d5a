import Foundation
import StimmungTestSupport
import Testing

struct EvaluateTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    private func evaluate(_ arguments: [String]) throws -> FinishedProgram {
        try Program.run(["evaluate", fixture.recipe, "--corpus", fixture.corpus] + arguments, in: folder)
    }

    private func figures(_ run: FinishedProgram) throws -> [String: Any] {
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        return try #require(try run.json() as? [String: Any])
    }

    /// The keys that other programs rely on, with their types and ranges.
    @Test func theSchemaOfTheFigures() throws {
        let figures = try figures(evaluate(["--json", "-", "--seeds", "2", "--seed", "5", "-q"]))
        for key in [
            "recipe", "corpus", "protocol", "normalisation", "classes", "seeds", "utterances", "wa", "wa_interval", "uar", "uar_interval",
            "frame_accuracy", "confusion", "folds", "seconds",
        ] { #expect(figures[key] != nil, "\(key)") }
        #expect(figures["recipe"] as? String == "small" && figures["corpus"] as? String == "tones")
        #expect(figures["protocol"] as? String == "loso" && figures["normalisation"] as? String == "train")
        #expect(figures["classes"] as? [String] == Fixture.emotions && figures["seeds"] as? [Int] == [5, 6])
        #expect(figures["utterances"] as? Int == 18 && (figures["seconds"] as? Double ?? -1) > 0)
        for key in ["wa", "uar", "frame_accuracy"] { #expect((0...1).contains(figures[key] as? Double ?? -1), "\(key)") }
        for key in ["wa_interval", "uar_interval"] {
            let interval = try #require(figures[key] as? [String: Double])
            let value = try #require(figures[String(key.prefix { $0 != "_" })] as? Double)
            #expect((interval["lower"] ?? 2) <= value && value <= (interval["upper"] ?? -1), "\(key)")
        }
        let confusion = try #require(figures["confusion"] as? [[Int]])
        #expect(confusion.map { $0.reduce(0, +) } == [12, 12, 12])
        let folds = try #require(figures["folds"] as? [[String: Any]])
        #expect(folds.map { $0["test"] as? String } == ["a", "b", "c", "a", "b", "c"])
        #expect(folds.allSatisfy { (0...1).contains($0["wa"] as? Double ?? -1) && (0...1).contains($0["uar"] as? Double ?? -1) })
    }

    /// A second corpus, with a word of its own for anger and a class of its own.
    private func secondCorpus() throws -> String {
        var rows = "file,speaker,emotion\n"
        for (speaker, number) in [("x", 1), ("y", 2)] {
            for (frequency, emotion) in [(310, "rabbit"), (620, "neutral"), (2000, "boredom")] {
                let name = "\(speaker)-\(emotion).wav"
                try folder.tone(
                    "second/" + name, seconds: 0.6, frequency: Float(frequency) * (1 + 0.05 * Float(number)), amplitude: 0.2)
                rows += "\(name),\(speaker),\(emotion)\n"
            }
        }
        try folder.write("second/second.csv", rows)
        try folder.write("labels.csv", "label,class\nrabbit,anger\n")
        return folder.file("second/second.csv")
    }

    @Test func severalCorporaTestEachOther() throws {
        let second = try secondCorpus()
        let run = try evaluate([
            "--corpus", second, "--synonyms", "labels.csv", "--protocol", "leave-one-corpus-out", "--normalisation", "corpus", "--json",
            "-",
            "-q",
        ])
        #expect(run.status == 0 && run.errors.contains("left out") && run.errors.contains("boredom (2)"), "\(run)")
        let figures = try #require(try run.json() as? [String: Any])
        #expect(figures["classes"] as? [String] == ["anger", "neutral"] && figures["corpus"] as? String == "tones + second")
        let folds = try #require(figures["folds"] as? [[String: Any]])
        #expect(folds.map { $0["test"] as? String } == ["tones", "second"])
        #expect(folds.map { $0["utterances"] as? Int } == [12, 4])
    }

    @Test func severalCorporaTrainOneModel() throws {
        let second = try secondCorpus()
        let trained = try Program.run(
            [
                "train", fixture.recipe, "--corpus", fixture.corpus, "--corpus", second, "--synonyms", "labels.csv", "-o",
                "both.safetensors",
                "-q",
            ], in: folder)
        #expect(trained.status == 0 && trained.output.contains("4 classes"), "\(trained)")
        let shown = try Program.run(["inspect", "both.safetensors"], in: folder)
        #expect(shown.output.contains("tones + second"), "\(shown)")
        let prediction = try Program.run(["predict", "--model", "both.safetensors", fixture.recordings[0], "--format", "json"], in: folder)
        #expect(prediction.status == 0 && prediction.output.contains("\"boredom\""), "\(prediction)")
    }

    @Test func corporaThatCannotBeJoinedAreRefused() throws {
        let twice = try evaluate(["--corpus", fixture.corpus])
        #expect(twice.status == 1 && twice.errors.contains("belongs to both"), "\(twice)")
        let alone = try evaluate(["--protocol", "leave-one-corpus-out"])
        #expect(alone.status == 1 && alone.errors.contains("at least two corpora"), "\(alone)")
        let unknown = try evaluate(["--synonyms", "none.csv"])
        #expect(unknown.status == 1 && unknown.errors.contains("none.csv"), "\(unknown)")
    }

    @Test func figuresAreTheSameForAnyNumberOfThreadsAndOnARepeat() throws {
        let runs = try ["1", "2", "2"].map { threads in
            var figures = try figures(evaluate(["--json", "-", "-q", "--threads", threads]))
            figures["seconds"] = nil
            return figures as NSDictionary
        }
        #expect(runs[0] == runs[1] && runs[1] == runs[2])
    }

    @Test func theTableSaysWhatItIs() throws {
        let run = try evaluate([
            "--protocol", "random-folds=3", "--normalisation", "speaker", "--classes", "anger,neutral", "--json", "f.json",
        ])
        #expect(run.status == 0 && run.output.contains("SPEAKER-DEPENDENT") && run.output.contains("unlabelled recordings"), "\(run)")
        #expect(run.output.contains("2 classes, 12 test utterances") && run.output.contains("WA") && run.output.contains("UAR"))
        #expect(run.errors.contains("training: 24 of 24"), "\(run)")
        let file = try #require(try JSONSerialization.jsonObject(with: folder.bytes("f.json")) as? [String: Any])
        #expect(file["protocol"] as? String == "random-folds=3" && file["normalisation"] as? String == "speaker" && folder.isClean)
    }

    /// Killed in the middle, and run again with the same journal: the figures of an evaluation that nothing happened to.
    @Test func aJournalOutlivesTheProgram() throws {
        let arguments = [
            "evaluate", "lstm", "--corpus", fixture.corpus, "--epochs", "6", "--seeds", "5", "--threads", "1", "-q", "--json", "-",
        ]
        func figures(_ run: FinishedProgram) throws -> (figures: NSDictionary, resumed: Int) {
            var figures = try self.figures(run)
            let resumed = figures["resumed_folds"] as? Int
            for key in ["seconds", "resumed_folds"] { figures[key] = nil }
            return (figures as NSDictionary, try #require(resumed))
        }
        let whole = try figures(Program.run(arguments, in: folder))
        let killed = try Program.start(arguments + ["--journal", "j"], in: folder)
        // The first line says of what evaluation it is. Fifteen folds leave time to kill it, on a busy machine too.
        try killed.wait { (try? folder.text("j"))?.split(separator: "\n").count ?? 0 >= 3 }
        killed.send(SIGKILL)
        #expect(killed.wait().signal == SIGKILL)
        let resumed = try figures(Program.run(arguments + ["--journal", "j"], in: folder))
        #expect(resumed.figures == whole.figures && (2..<15).contains(resumed.resumed) && whole.resumed == 0)
        let other = try Program.run(arguments + ["--journal", "j", "--normalisation", "none"], in: folder)
        #expect(other.status == 1 && other.errors.contains("journal j"), "\(other)")
    }

    @Test func interruptionHasItsStatus() throws {
        let run = try Program.start(
            ["evaluate", "lstm", "--corpus", fixture.corpus, "--epochs", "2000", "--json", "f.json"], in: folder)
        try run.wait { run.handlesInterruption }
        run.send(SIGINT)
        let end = run.wait()
        #expect(end.status == 130 && end.bytes.isEmpty && folder.content.isEmpty && end.errors.contains("--journal"), "\(end)")
    }
}
