import Foundation
import StimmungTestSupport
import Testing

/// What interrupted commands leave and print. One at a time, since they are about time.
@Suite(.serialized) struct SignalTests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    /// Starts a command, sends a signal once it is handled and `condition` holds, and waits for the end.
    private func interrupt(
        _ words: [String], by signal: Int32 = SIGINT, when condition: () -> Bool = { true }
    ) throws -> FinishedProgram {
        let run = try Program.start(words, in: folder)
        try run.wait { run.handlesInterruption && condition() }
        run.send(signal)
        return run.wait()
    }

    private func train(_ more: [String] = []) -> [String] {
        ["train", "rectifier-lstm", "--corpus", fixture.corpus, "-o", "m", "--epochs", "2000", "-q"] + more
    }

    /// The status tells which signal it was; the line is printed with -q too.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func anInterruptedTrainingNamesItsCheckpoint(signal: Int32) throws {
        let end = try interrupt(train(), by: signal) { folder.exists("m.checkpoint") }
        #expect(end.status == 128 + signal && end.bytes.isEmpty && folder.content == ["m.checkpoint"], "\(end)")
        #expect(end.errors.contains("m.checkpoint; run the same command with --resume to resume"), "\(end)")
    }

    /// A checkpoint of an earlier run is not taken for the state of this one.
    @Test func beforeTheFirstEpochThereIsNoState() throws {
        try folder.write("m.checkpoint", "earlier")
        let end = try interrupt(train())
        guard try folder.text("m.checkpoint") == "earlier" else { return }
        #expect(end.status == 130 && end.errors.contains("no epoch was completed") && end.errors.contains("an earlier run"), "\(end)")
        #expect(!end.errors.contains("with --resume to"), "\(end)")
    }

    @Test func anInterruptedEvaluationNamesItsJournal() throws {
        let words = ["evaluate", "lstm", "--corpus", fixture.corpus, "--epochs", "2000", "-q", "--journal", "j"]
        let end = try interrupt(words) { folder.exists("j") }
        #expect(end.status == 130 && end.errors.contains("in j; run the same command again to resume"), "\(end)")
    }

    @Test func anInterruptedPredictionKeepsNothing() throws {
        let recordings = Array(repeating: fixture.recordings, count: 200).flatMap(\.self)
        let end = try interrupt(["predict"] + recordings + ["--threads", "1"])
        #expect(end.status == 130 && end.errors.contains("nothing is kept") && !end.errors.contains("stimmung: "), "\(end)")
    }

    /// A recording that is being read has no file, and is not reported as a failure.
    @Test(arguments: [["--kind", "pitch"], ["--model", "built-in"]]) func interruptedFeaturesOfAFolderEnd(options: [String]) throws {
        var wave = Wave.pcm16((0..<16_000).map { 0.3 * sin(Float($0) / 9) })
        wave.claimedData = UInt32(1800 * wave.data.count)
        var bytes = Data(wave.bytes)
        for _ in 1..<1800 { bytes.append(contentsOf: wave.data) }
        try folder.write("calls/long.wav", bytes)
        let end = try interrupt(["features", "calls", "-o", "out", "--format", "npy"] + options) { folder.exists("out") }
        #expect(end.status == 130 && !end.errors.contains("stimmung: "), "\(end)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).isEmpty)
    }

    /// The second signal ends the program wherever it is; the checkpoint is whole, and nothing half-written is left.
    @Test func aSecondSignalEndsAtOnce() throws {
        for number in 0..<4 {
            let run = try Program.start(train(["--threads", "1"]), in: folder)
            try run.wait { folder.exists("m.checkpoint") }
            run.send(SIGTERM)
            usleep(UInt32(500 * number))
            run.send(SIGTERM)
            let end = run.wait()
            #expect(end.status == 143 && folder.content == ["m.checkpoint"], "\(end) \(folder.content)")
            let resumed = try interrupt(train(["--resume"])) { true }
            #expect(resumed.status == 130 && resumed.errors.contains("with --resume to resume"), "\(resumed)")
            try FileManager.default.removeItem(atPath: folder.file("m.checkpoint"))
        }
    }

    /// While one evaluation works, another finds the journal in use.
    @Test func aJournalInUseIsNamed() throws {
        let words = ["evaluate", "lstm", "--corpus", fixture.corpus, "--epochs", "2000", "-q", "--journal", "j"]
        let first = try Program.start(words, in: folder)
        try first.wait { (try? folder.bytes("j").isEmpty) == false }
        let second = try Program.run(words, in: folder)
        first.send(SIGINT)
        #expect(second.status == 1 && second.errors.contains("j is in use by another"), "\(second)")
        #expect(first.wait().status == 130)
    }

    /// A sample of what `make check-all` does hundreds of times.
    @Test(
        .enabled(if: Python(importing: "json") != nil, "Python is not installed"),
        .enabled(if: isInstalled("espeak-ng"), "espeak-ng is not installed"))
    func interruptedCommandsResumeWithTheSameResults() throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Scripts/check-signals").standardized.path
        let run = try Program.run(
            [script, Program.path, "--runs", "5", "--commands", "train,pretrain,evaluate,predict"], in: folder,
            Program.Settings(program: "/usr/bin/env"))
        #expect(run.status == 0 && run.output.contains("10 interrupted runs"), "\(run)")
    }
}
