import Foundation
import StimmungTestSupport
import Testing

/// The program `stimmung` as a process, built beside these tests (or the one that STIMMUNG_PROGRAM names).
enum Program {
    static let path = ProcessInfo.processInfo.environment["STIMMUNG_PROGRAM"] ?? built("stimmung")

    /// A program that is built beside these tests.
    static func built(_ name: String) -> String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// What a run finds around it.
    struct Settings {
        /// A file for standard input.
        var input = "/dev/null"
        /// A file for standard output in place of one that is read back.
        var output: String?
        var environment: [String: String] = [:]
        /// The most blocks (of 512 bytes or more) that a file may get, as on a full disk.
        var fileLimit: Int?
        /// The program to run.
        var program = Program.path
    }

    /// Starts it, to be waited for or killed.
    ///
    /// - Parameter folder: the working folder.
    static func start(_ arguments: [String], in folder: TemporaryFolder, _ settings: Settings = Settings()) throws -> RunningProgram {
        try #require(FileManager.default.isExecutableFile(atPath: settings.program), "\(settings.program) is not built")
        let limit = settings.fileLimit.map { "ulimit -f \($0) && " } ?? ""
        let words = ["/bin/sh", "-c", "cd \"$0\" && \(limit)exec \"$@\"", folder.path, settings.program] + arguments
        return try RunningProgram(words, settings)
    }

    /// Runs it to its end.
    static func run(_ arguments: [String], in folder: TemporaryFolder, _ settings: Settings = Settings()) throws -> FinishedProgram {
        try start(arguments, in: folder, settings).wait()
    }
}

/// What became of a run.
struct FinishedProgram: CustomStringConvertible {
    /// The exit status; nil where a signal ended it.
    let status: Int32?
    /// The signal that ended it.
    let signal: Int32?
    let bytes: Data
    let errors: String
    /// The most memory that it held, in MB.
    let peakMemory: Double

    var output: String { String(decoding: bytes, as: UTF8.self) }

    func json() throws -> Any { try JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed) }

    var description: String { "status \(status ?? -1), signal \(signal ?? 0)\n\(output.prefix(2000))\n\(errors.prefix(2000))" }
}

/// A process under way. Its output goes into files, so that it never waits for a reader.
final class RunningProgram {
    let process: pid_t
    /// What it prints, apart from what it writes.
    private let logs: TemporaryFolder
    private let outputPath: String
    private let errorPath: String
    private var peak = 0.0

    fileprivate init(_ words: [String], _ settings: Program.Settings) throws {
        logs = try TemporaryFolder()
        outputPath = settings.output ?? logs.file("output")
        errorPath = logs.file("errors")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, settings.input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        // Whatever the test runner does with signals, the program is to find them as a shell would leave them.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var variables = ProcessInfo.processInfo.environment
        variables["STIMMUNG_MODEL"] = nil
        // What one test keeps is not for another to find, nor for the user.
        variables["STIMMUNG_CACHE"] = "off"
        variables.merge(settings.environment) { $1 }
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in argv + envp { free(word) } }
        var started: pid_t = 0
        let failure = posix_spawn(&started, words[0], &actions, &attributes, &argv, &envp)
        try #require(failure == 0, "\(words[0]): \(String(cString: strerror(failure)))")
        process = started
    }

    /// Whether it has begun to handle Ctrl-C itself: it then blocks the signal and waits for it. The shell that starts it handles it too, so the process must have become the program
    /// before its signals are looked at.
    var handlesInterruption: Bool {
        // The system keeps 15 characters of a program's name.
        let name = (Program.path as NSString).lastPathComponent.prefix(15)
        guard statusField("Name:") == name else { return false }
        return (statusField("SigBlk:").flatMap { UInt64($0, radix: 16) } ?? 0) >> (SIGINT - 1) & 1 == 1
    }

    /// A field of the system's page about the process.
    private func statusField(_ name: String) -> Substring? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) })
        else { return nil }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first
    }

    func send(_ signal: Int32) { kill(process, signal) }

    /// Waits until `condition` holds; a failure where the program ends first or it takes too long.
    func wait(until condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for _ in 0..<6000 {
            if condition() { return }
            var information = siginfo_t()
            // Looks whether it has ended and leaves it to be waited for.
            let ended = waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo == SIGCHLD
            if ended { break }
            usleep(2000)
        }
        try #require(condition(), "the program ended first: \(wait())", sourceLocation: sourceLocation)
    }

    /// Waits for the end, at most for two minutes; then it is killed.
    @discardableResult
    func wait() -> FinishedProgram {
        let began = ContinuousClock.now
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            measure()
            if began.duration(to: .now) > .seconds(120) { send(SIGKILL) }
            usleep(2000)
        }
        let signal = status & 0x7F
        let bytes = (try? Data(contentsOf: URL(fileURLWithPath: outputPath))) ?? Data()
        let errors = (try? Data(contentsOf: URL(fileURLWithPath: errorPath))) ?? Data()
        return FinishedProgram(
            status: signal == 0 ? (status >> 8) & 0xFF : nil, signal: signal == 0 ? nil : signal,
            bytes: outputPath.hasPrefix("/dev/") ? Data() : bytes, errors: String(decoding: errors, as: UTF8.self), peakMemory: peak)
    }

    /// Reads the largest memory so far. (`wait4` would count what this process held when it started the other.)
    private func measure() {
        if let kilobytes = statusField("VmHWM:").flatMap({ Double($0) }) { peak = max(peak, kilobytes / 1024) }
    }
}
