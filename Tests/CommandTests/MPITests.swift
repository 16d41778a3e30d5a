import Foundation
import StimmungTestSupport
import Testing

private enum MPILauncher {
    /// The launcher; nil without it or without the trait.
    static let path: String? = {
        #if MPI
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { $0 + "/mpirun" }
            .first { FileManager.default.isExecutableFile(atPath: String($0)) }.map { String($0) }
        #else
        nil
        #endif
    }()
}

/// Commands under `mpirun`: the results of one process, whoever computed them, and what is left when a process dies.
@Suite(.serialized, .enabled(if: MPILauncher.path != nil, "needs the trait MPI and mpirun: make test-mpi"))
struct MPITests {
    private let fixture: Fixture
    private let folder: TemporaryFolder

    init() throws {
        fixture = try Fixture.shared()
        folder = try TemporaryFolder()
    }

    /// Starts a command in several processes with one thread each.
    private func start(_ count: Int, _ arguments: [String], _ options: [String] = []) throws -> RunningProgram {
        var settings = Program.Settings()
        settings.program = try #require(MPILauncher.path)
        settings.environment = ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]
        let words = ["--oversubscribe", "--bind-to", "none", "-n", "\(count)"] + options + [Program.path] + arguments + ["--threads", "1"]
        return try Program.start(words, in: folder, settings)
    }

    private func run(_ count: Int, _ arguments: [String]) throws -> FinishedProgram { try start(count, arguments).wait() }

    private func single(_ arguments: [String]) throws -> FinishedProgram {
        try Program.run(arguments + ["--threads", "1"], in: folder)
    }

    @Test(arguments: [2, 3]) func trainingGivesTheSameFile(count: Int) throws {
        let arguments = ["train", fixture.recipe, "--corpus", fixture.corpus, "-o"]
        #expect(try single(arguments + ["one"]).status == 0)
        let several = try run(count, arguments + ["several", "--verbose"])
        #expect(several.status == 0 && several.output.hasPrefix("several: small, 3 classes, "), "\(several)")
        #expect(several.output.split(separator: "\n").count == 1, "\(several)")
        // A batch of 8 has one part, of which each process receives the sum.
        #expect(several.errors.contains("\(count) processes: 24 steps, "), "\(several)")
        #expect(try folder.bytes("several") == folder.bytes("one"))
    }

    @Test func pretrainingGivesTheSameFile() throws {
        try folder.write(
            "machines.yaml",
            "name: machines\npretraining: {machines: [{hidden: 6, order: 1}], epochs: 3, batch: 300}\nnetwork: [{lstm: 8}]\ntraining: {epochs: 2}\n"
        )
        let arguments = ["pretrain", "machines.yaml", "--corpus", fixture.corpus, "-q", "-o"]
        let one = try single(arguments + ["one"])
        #expect(one.status == 0, "\(one)")
        let several = try run(2, arguments + ["several"])
        #expect(several.status == 0, "\(several)")
        #expect(try folder.bytes("several") == folder.bytes("one"))
    }

    @Test func evaluationGivesTheSameFigures() throws {
        let arguments = ["evaluate", fixture.recipe, "--corpus", fixture.corpus, "--seeds", "2", "--epochs", "2", "-q", "--predictions"]
        let one = try single(arguments + ["one.csv"])
        let several = try run(2, arguments + ["several.csv", "--journal", "journal"])
        #expect(one.status == 0 && several.status == 0, "\(several)")
        #expect(try folder.bytes("several.csv") == folder.bytes("one.csv"))
        // A line for the evaluation, and one for each fold.
        let journal = try String(decoding: folder.bytes("journal"), as: UTF8.self)
        #expect(journal.split(separator: "\n").count == 7)
        let resumed = try single(arguments + ["resumed.csv", "--journal", "journal"])
        #expect(resumed.status == 0 && resumed.output.contains("6"), "\(resumed)")
        #expect(try folder.bytes("resumed.csv") == folder.bytes("one.csv"))
    }

    @Test func aFoldThatFailsFailsTheEvaluationOnce() throws {
        try folder.write(
            "wild.yaml", "name: wild\nnetwork: [{lstm: 8}]\ntraining: {epochs: 8, batch: 8, crop: 0.3, learningRate: 1e30, clip: 1e30}\n")
        let several = try run(2, ["evaluate", "wild.yaml", "--corpus", fixture.corpus, "-q"])
        #expect(several.status == 1 && several.errors.contains("stimmung: fold a, seed 0: "), "\(several)")
        #expect(several.errors.split(separator: "\n").count { $0.contains("stimmung: ") } == 1, "\(several)")
    }

    @Test func predictionGivesTheSameOutput() throws {
        try folder.write("tones/broken.wav", "not a recording")
        for file in fixture.recordings {
            try FileManager.default.copyItem(atPath: file, toPath: folder.file("tones/" + (file as NSString).lastPathComponent))
        }
        for format in ["csv", "jsonl"] {
            let arguments = ["predict", "tones", "--timeline", "--format", format, "--model", fixture.model, "-q"]
            let (one, several) = (try single(arguments), try run(2, arguments))
            #expect(one.status == 1 && several.status == 1 && several.output == one.output, "\(several)")
            #expect(several.errors.contains("1 of 4 files failed"))
        }
        let arguments = ["predict", "tones", "--format", "json", "--model", fixture.model, "-q", "--resume", "-o"]
        let several = try run(2, arguments + ["results"])
        #expect(several.status == 1 && several.output.split(separator: "\n").count == 4, "\(several)")
        #expect(try single(arguments + ["one"]).status == 1)
        for name in ["failures.csv", "a-anger-0.json"] {
            #expect(try folder.bytes("results/" + name) == folder.bytes("one/" + name))
        }
        // All that is finished is skipped; what failed is tried again.
        #expect(try run(3, arguments + ["results"]).output == "results/broken.json\n")
    }

    @Test func featuresAreTheSameFiles() throws {
        let arguments = ["features"] + fixture.recordings + ["--format", "npy", "-q", "-o"]
        #expect(try single(arguments + ["one"]).status == 0)
        let several = try run(2, arguments + ["several"])
        #expect(several.status == 0, "\(several)")
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.file("one")) {
            #expect(try folder.bytes("several/" + file) == folder.bytes("one/" + file))
        }
    }

    /// The journal of a job whose process was killed has every fold at most once, and another number of processes finishes it.
    @Test(arguments: 0..<2) func aKilledProcessLosesNothing(victim: Int) throws {
        let arguments = ["evaluate", fixture.recipe, "--corpus", fixture.corpus, "--seeds", "4", "-q", "--journal", "j", "--predictions"]
        let whole = try single(["evaluate", fixture.recipe, "--corpus", fixture.corpus, "--seeds", "4", "-q", "--predictions", "one.csv"])
        #expect(whole.status == 0)
        let job = try start(2, arguments + ["killed.csv"])
        try job.wait { ((try? folder.bytes("j")) ?? Data()).count { $0 == 10 } > 2 }
        let processes = try children(of: job.process)
        try #require(processes.count == 2)
        kill(processes[victim], SIGKILL)
        let end = job.wait()
        #expect(end.status != 0 && end.errors.contains("signal 9"), "\(end)")
        let lines = try String(decoding: folder.bytes("j"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count > 2 && Set(lines).count == lines.count)
        let resumed = try run(3, arguments + ["resumed.csv"])
        #expect(resumed.status == 0, "\(resumed)")
        #expect(try folder.bytes("resumed.csv") == folder.bytes("one.csv"))
        #expect(try String(decoding: folder.bytes("j"), as: UTF8.self).split(separator: "\n").count == 13)
    }

    @Test func aTerminatedTrainingStopsAfterAStepAndContinues() throws {
        // mpirun takes a second to pass on a signal.
        let arguments = ["train", "rectifier-lstm", "--corpus", fixture.corpus, "--epochs", "120", "-o"]
        #expect(try single(arguments + ["whole", "-q"]).status == 0)
        let job = try start(2, arguments + ["stopped"], ["--mca", "odls_base_sigkill_timeout", "5"])
        try job.wait { folder.exists("stopped.checkpoint") }
        job.send(SIGTERM)
        let end = job.wait()
        #expect(end.status != 0 && end.errors.contains("run the same command with --resume to resume"), "\(end)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["stopped.checkpoint", "whole"])
        #expect(try run(3, arguments + ["stopped", "--resume", "-q"]).status == 0)
        #expect(try folder.bytes("stopped") == folder.bytes("whole"))
    }

    @Test func processesWithDifferentOptionsAreRefused() throws {
        let words = ["train", fixture.recipe, "--corpus", fixture.corpus, "-q", "-o", "model"]
        let other = ["--threads", "1", ":", "-n", "1", Program.path] + words + ["--seed", "5"]
        let run = try run(1, words + other)
        #expect(run.status != 0 && run.errors.contains("Processes 0 and 1 differ in the training data"), "\(run)")
    }

    @Test func evaluationsOfOtherSeedsAreRefused() throws {
        let words = ["evaluate", fixture.recipe, "--corpus", fixture.corpus, "-q", "--epochs", "1"]
        let run = try run(1, words + ["--threads", "1", ":", "-n", "1", Program.path] + words + ["--seed", "5"])
        #expect(run.status != 0 && run.errors.contains("Processes 0 and 1 differ in the evaluation"), "\(run)")
    }

    /// The same command line, where a recording is damaged for one of the processes.
    @Test func recordingsThatOneProcessCannotUseAreADisagreement() throws {
        for (name, last) in [("here", fixture.recordings[0]), ("there", fixture.recipe)] {
            try folder.write(name + "/list.csv", "file,speaker,emotion\n0.wav,a,anger\n1.wav,b,neutral\n2.wav,c,sadness\n3.wav,a,anger\n")
            for (number, file) in (fixture.recordings + [last]).enumerated() {
                try FileManager.default.copyItem(atPath: file, toPath: folder.file("\(name)/\(number).wav"))
            }
        }
        let words = ["features", "--corpus", "list.csv", "--set", "functionals=true", "-q", "-o", "out.csv"]
        let other = ["--threads", "1", ":", "-n", "1", "-wdir", folder.file("there"), Program.path] + words
        let run = try start(1, words + other, ["-wdir", folder.file("here")]).wait()
        #expect(run.status != 0 && run.errors.contains("Processes 0 and 1 differ in the recordings that can be used"), "\(run)")
    }

    @Test func usageIsReportedOnceAndOtherCommandsAreRefused() throws {
        let wrong = try run(2, ["train", "--corpus", "x"])
        #expect(wrong.status == 2 && wrong.errors.split(separator: "\n").count { $0.hasPrefix("stimmung: ") } == 1, "\(wrong)")
        let other = try run(2, ["inspect", fixture.model])
        #expect(other.status != 0 && other.errors.contains("this command runs in one"), "\(other)")
    }

    /// The processes that `mpirun` started.
    private func children(of process: pid_t) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.sorted().filter { candidate in
            guard let status = try? String(contentsOfFile: "/proc/\(candidate)/stat", encoding: .utf8),
                let fields = status.split(separator: ")").last?.split(separator: " ")
            else { return false }
            return fields.count > 1 && fields[1] == "\(process)"
        }
    }
}
