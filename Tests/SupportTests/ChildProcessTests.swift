import Dispatch
import Foundation
import StimmungSupport
import StimmungTestSupport
import Testing

struct ChildProcessTests {
    private func shell(
        _ script: String, folder: String? = nil, timeLimit: Double = 20, cancellation: Cancellation? = nil
    ) throws(ChildProcess.Failure) -> ChildProcess.Outcome {
        let limits = ChildProcess.Limits(total: timeLimit, cancellation: cancellation)
        return try ChildProcess(executable: "/bin/sh", arguments: ["-c", script], folder: folder, limits: limits).outcome()
    }

    @Test func outputErrorsAndStatus() throws {
        let outcome = try shell("echo out; echo in trouble >&2; cat; exit 3")
        #expect(outcome.ending == .exited(status: 3))
        #expect(outcome.output == "out\n")
        #expect(outcome.errorText == "in trouble\n")
        #expect(try shell("kill -9 $$").ending == .killed(signal: 9))
    }

    @Test func outputIsCutAtItsLimit() throws {
        let outcome = try shell("yes | head -c 300000")
        #expect(outcome.ending == .exited(status: 0))
        #expect(outcome.output.utf8.count == 1 << 16)
    }

    @Test func inAFolder() throws {
        let folder = try TemporaryFolder()
        _ = try shell("echo here > file", folder: folder.path)
        #expect(folder.content == ["file"])
        #expect(throws: ChildProcess.Failure.notStarted(reason: "no such file or directory")) {
            try shell("true", folder: folder.file("none"))
        }
    }

    @Test func notThere() {
        #expect(throws: ChildProcess.Failure.notStarted(reason: "no such file or directory")) {
            try ChildProcess(executable: "/no/such/program", arguments: [], limits: .init(total: 20))
        }
    }

    @Test(arguments: ["exec sleep 60", "exec sleep 60 >/dev/null 2>&1", "while true; do echo x; done"])
    func theTimeLimit(script: String) throws {
        let begin = ContinuousClock.now
        let child = try ChildProcess(executable: "/bin/sh", arguments: ["-c", script], limits: .init(total: 0.3))
        #expect(throws: ChildProcess.Failure.outOfTime(seconds: 0.3)) { try child.outcome() }
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    @Test(arguments: ["exec sleep 60", "exec sleep 60 >/dev/null 2>&1"])
    func cancellingKillsTheProgram(script: String) throws {
        let folder = try TemporaryFolder()
        let file = folder.file("pid")
        let cancellation = Cancellation()
        DispatchQueue.global().async {
            while (try? String(contentsOfFile: file, encoding: .utf8))?.hasSuffix("\n") != true { usleep(5000) }
            cancellation.cancel()
        }
        #expect(throws: ChildProcess.Failure.cancelled) {
            try shell("echo $$ > '\(file)'; \(script)", cancellation: cancellation)
        }
        let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        let process = try #require(pid_t(text))
        #expect(kill(process, 0) != 0)
    }

    @Test func silence() throws {
        let child = try ChildProcess(
            executable: "/bin/sh", arguments: ["-c", "echo first; exec sleep 60"], limits: .init(silence: 0.3, total: 50))
        #expect(try child.read() == Array("first\n".utf8))
        #expect(throws: ChildProcess.Failure.stalled(seconds: 0.3)) { try child.read() }
    }
}

struct ProgramSearchTests {
    @Test func absoluteFoldersOnly() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: folder.file("tool"), withDestinationPath: "/bin/sh")
        try Data().write(to: URL(fileURLWithPath: folder.file("plain")))
        try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: true)
        #expect(ProgramSearch.find("tool", in: "/no/such/folder:\(folder.path)") == folder.file("tool"))
        #expect(ProgramSearch.find("tool", in: "\(folder.path)/") == folder.file("tool"))
        for (name, path) in [("tool", ""), ("tool", "/usr/bin"), ("plain", folder.path), ("folder", folder.path)] {
            #expect(ProgramSearch.find(name, in: path) == nil)
        }
        // A relative path to the same folder.
        let up = String(repeating: "../", count: FileManager.default.currentDirectoryPath.split(separator: "/").count)
        #expect(ProgramSearch.find("tool", in: up + folder.path.dropFirst()) == nil)
    }
}
