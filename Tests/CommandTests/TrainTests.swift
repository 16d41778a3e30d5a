import Foundation
import StimmungTestSupport
import Testing

/// Training as a process: its determinism, and what is left when it dies. One at a time, since they are about time.
@Suite(.serialized) struct TrainTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    /// Long enough to be interrupted in the middle: a second or two.
    private func arguments(_ model: String, _ more: [String] = []) -> [String] {
        ["train", "rectifier-lstm", "--corpus", fixture.corpus, "--seed", "3", "-o", model]
            + (more.contains("--epochs") ? [] : ["--epochs", "12"]) + more
    }

    /// A signal must not disturb what it interrupts: where its handler runs on the thread that computes, half of these runs crash.
    @Test(arguments: 0..<8) func ctrlCIsAnOrderlyEnd(number: Int) throws {
        let run = try Program.start(arguments("\(number)", ["--epochs", "200", "--threads", "1"]), in: folder)
        try run.wait { folder.exists("\(number).checkpoint") }
        run.send(SIGINT)
        let end = run.wait()
        #expect(end.status == 130 && end.bytes.isEmpty && folder.exists("\(number).checkpoint"), "\(end)")
    }

    @Test func theSameSeedGivesTheSameFileHoweverItIsMade() throws {
        let whole = try Program.run(arguments("whole", ["--threads", "1"]), in: folder)
        #expect(whole.status == 0 && whole.output.hasPrefix("whole: rectifier-lstm, 3 classes, "), "\(whole)")
        #expect(whole.errors.contains("training: 12 of 12"))
        #expect(folder.content == ["whole"], "the checkpoint is gone when the model is there")
        let expected = try folder.bytes("whole")

        // Other threads.
        #expect(try Program.run(arguments("threads", ["--threads", "2", "-q"]), in: folder).status == 0)
        #expect(try folder.bytes("threads") == expected)

        // Killed in the middle, gone on with.
        let killed = try Program.start(arguments("killed", ["-q"]), in: folder)
        try killed.wait { folder.exists("killed.checkpoint") }
        killed.send(SIGKILL)
        #expect(killed.wait().signal == SIGKILL && !folder.exists("killed"))
        let resumed = try Program.run(arguments("killed", ["--resume", "-q"]), in: folder)
        #expect(resumed.status == 0, "\(resumed)")
        #expect(try folder.bytes("killed") == expected && !folder.exists("killed.checkpoint"))

        // Stopped by Ctrl-C, gone on with on one thread.
        let stopped = try Program.start(arguments("stopped"), in: folder)
        try stopped.wait { folder.exists("stopped.checkpoint") }
        stopped.send(SIGINT)
        let end = stopped.wait()
        #expect(end.status == 130 && end.bytes.isEmpty && !folder.exists("stopped") && folder.exists("stopped.checkpoint"), "\(end)")
        #expect(end.errors.contains("stopped.checkpoint") && end.errors.contains("--resume"))
        let partial = folder.content.filter { $0.hasPrefix("stopped") && $0.contains("partial") }
        #expect(partial.isEmpty)
        #expect(try Program.run(arguments("stopped", ["--resume", "-q", "--threads", "1"]), in: folder).status == 0)
        #expect(try folder.bytes("stopped") == expected)

        // Another seed.
        #expect(try Program.run(arguments("other", ["--seed", "4", "-q"]), in: folder).status == 0)
        #expect(try folder.bytes("other") != expected)
    }

    @Test func anotherTrainingIsNotGoneOnFrom() throws {
        let started = try Program.start(arguments("m", ["-q"]), in: folder)
        try started.wait { folder.exists("m.checkpoint") }
        started.send(SIGTERM)
        #expect(started.wait().status == 143)
        let before = try folder.bytes("m.checkpoint")
        for more in [["--seed", "4"], ["--epochs", "31"], ["--normalisation", "utterance"], ["--classes", "anger,neutral"]] {
            let run = try Program.run(arguments("m", ["--resume"] + more), in: folder)
            #expect(run.status == 1 && run.errors.contains("m.checkpoint") && run.errors.contains("does not match"), "\(more): \(run)")
            #expect(!run.errors.contains("to resume"), "it would not: \(run)")
        }
        #expect(try folder.bytes("m.checkpoint") == before && !folder.exists("m"))
        try folder.write("m.checkpoint", before.prefix(before.count / 2))
        let run = try Program.run(arguments("m", ["--resume"]), in: folder)
        #expect(run.status == 1 && run.errors.contains("m.checkpoint") && run.errors.contains("damaged"), "\(run)")
    }

    /// From a synthetic corpus to a decision, all with the program.
    @Test(.enabled(if: isInstalled("espeak-ng"), "espeak-ng is not installed"))
    func fromSpeechToADecision() throws {
        let make = try Program.run(["corpus", "synthesise", "--voices", "3", "--sentences", "2", "-o", "speech", "-q"], in: folder)
        #expect(make.status == 0 && make.output == "speech: 42 utterances of 3 voices\n", "\(make)")
        let train = try Program.run(["train", "lstm", "--corpus", "speech", "--epochs", "3", "-o", "m", "-q"], in: folder)
        #expect(train.status == 0 && train.output.contains("7 classes"), "\(train)")
        let predict = try Program.run(["predict", "--model", "m", "speech/wav", "--format", "json", "-q"], in: folder)
        let objects = try #require(try predict.json() as? [[String: Any]])
        #expect(predict.status == 0 && objects.count == 42 && objects.allSatisfy { ($0["probabilities"] as? [String: Double])?.count == 7 })
        let evaluate = try Program.run(["evaluate", "lstm", "--corpus", "speech", "--epochs", "1", "-q"], in: folder)
        #expect(evaluate.status == 0 && evaluate.output.contains("42 test utterances"), "\(evaluate)")
        let again = try Program.run(["corpus", "synthesise", "-o", "speech"], in: folder)
        #expect(again.status == 1 && again.errors.contains("speech"), "\(again)")
    }

    @Test(.enabled(if: isInstalled("espeak-ng"), "espeak-ng is not installed"))
    func aStoppedSynthesisLeavesNothing() throws {
        let run = try Program.start(["corpus", "synthesise", "-o", "speech", "--threads", "2", "-q"], in: folder)
        try run.wait { folder.content.contains { $0.hasSuffix(".wav") } }
        run.send(SIGINT)
        let end = run.wait()
        #expect(end.status == 130 && folder.content.isEmpty, "\(end) \(folder.content)")
    }
}
