import Foundation
import StimmungSupport
import Synchronization

/// The program espeak-ng as a child process, without a shell and under a time limit.
struct EspeakNG: Sendable {
    let executable: String
    /// espeak-ng 1.52 starts its noise from the clock unless told otherwise with `-D`; 1.51 has neither the clock nor the option.
    let hasDeterministicOption: Bool

    /// Seconds after which a child is killed. One sentence takes about 0.03.
    static let timeLimit = 20.0

    /// Finds the program in the folders of `searchPath`, as PATH lists them. Throws `synthesiserMissing`.
    static func find(searchPath: String) async throws(CorpusError) -> EspeakNG {
        let candidates = searchPath.split(separator: ":").map { joined(String($0), "espeak-ng") }
        guard let executable = candidates.first(where: FileManager.default.isExecutableFile) else { throw .synthesiserMissing }
        let help = FileManager.default.temporaryDirectory.appendingPathComponent("espeak-ng-help-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: help) }
        try await Child.run(executable, ["--help"], folder: "/", output: help, name: "espeak-ng --help", timeLimit: timeLimit)
        let text = FileManager.default.contents(atPath: help).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let hasOption = text.split(separator: "\n").contains { $0.hasPrefix("-D") && $0.contains("eterministic") }
        return EspeakNG(executable: executable, hasDeterministicOption: hasOption)
    }

    /// Speaks `utterance` into `folder/name.wav` (mono, 16 bits, 22,050 Hz, as espeak-ng writes it).
    func speak(_ utterance: SyntheticUtterance, folder: String, name: String) async throws(CorpusError) {
        let voice = joined(folder, name + ".voice")
        do { try Data(utterance.voiceFile.utf8).write(to: URL(fileURLWithPath: voice)) } catch {
            throw .cannotWrite(path: voice, reason: reason(of: error))
        }
        let arguments =
            (hasDeterministicOption ? ["-D"] : []) + [
                // The voice is named relative to the working folder: espeak-ng 1.51 cuts longer paths at 40 characters.
                "--load", "-v", name + ".voice", "-s", String(utterance.wordsPerMinute),
                // Half of full amplitude: the level is set afterwards, exactly, and nothing clips before.
                "-a", "50", "-z", "-w", name + ".wav", utterance.text,
            ]
        try await Child.run(
            executable, arguments, folder: folder, output: joined(folder, name + ".log"), name: utterance.fileName,
            timeLimit: EspeakNG.timeLimit)
    }
}

/// A child process that is waited for without blocking a thread, and killed at its time limit or when the task is cancelled.
private enum Child {
    static func run(
        _ executable: String, _ arguments: [String], folder: String, output: String, name: String, timeLimit: Double
    ) async throws(CorpusError) {
        guard FileManager.default.createFile(atPath: output, contents: nil), let log = FileHandle(forWritingAtPath: output) else {
            throw .cannotWrite(path: output, reason: "the file cannot be created")
        }
        defer { try? log.close() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = log
        process.standardError = log

        let end = Ending()
        let killer = Killer()
        let status: Status = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                end.whenEnded { continuation.resume(returning: $0) }
                process.terminationHandler = { process in
                    killer.forget()
                    end.report(process.terminationReason == .exit ? .exited(process.terminationStatus) : .killed)
                }
                do {
                    try process.run()
                    killer.watch(process.processIdentifier, seconds: timeLimit)
                } catch {
                    end.report(.notStarted(reason(of: error)))
                }
            }
        } onCancel: {
            killer.kill()
        }
        if Task.isCancelled { throw .cancelled }
        switch status {
        case .exited(0): return
        case .exited(let code):
            let words = FileManager.default.contents(atPath: output).map { String(decoding: $0.prefix(500), as: UTF8.self) } ?? ""
            let told = words.trimmingCharacters(in: .whitespacesAndNewlines)
            throw .synthesiserFailed(file: name, reason: "it ended with status \(code)" + (told.isEmpty ? "" : " (\(told))"))
        case .killed where killer.hasTimedOut:
            throw .synthesiserFailed(file: name, reason: "it took more than \(Int(timeLimit)) seconds")
        case .killed: throw .synthesiserFailed(file: name, reason: "it was killed by a signal")
        case .notStarted(let reason): throw .synthesiserFailed(file: name, reason: "it could not be started: \(reason)")
        }
    }

    enum Status: Sendable {
        case exited(Int32), killed, notStarted(String)
    }

    /// Hands the end of a child to the one who waits, once.
    private final class Ending: Sendable {
        private let handler = Mutex<(@Sendable (Status) -> Void)?>(nil)

        func whenEnded(_ handler: @escaping @Sendable (Status) -> Void) {
            self.handler.withLock { $0 = handler }
        }

        func report(_ status: Status) {
            let waiting = handler.withLock { stored in
                defer { stored = nil }
                return stored
            }
            waiting?(status)
        }
    }

    /// Kills a child at its time limit or on demand, and no longer once its end is known, when its number may belong to another.
    private final class Killer: Sendable {
        private struct State {
            var child: pid_t?
            var hasEnded = false
            var isWanted = false
            var hasTimedOut = false
        }
        private let state = Mutex(State())

        var hasTimedOut: Bool { state.withLock(\.hasTimedOut) }

        func watch(_ child: pid_t, seconds: Double) {
            state.withLock { state in
                if state.hasEnded { return }
                state.child = child
                if state.isWanted { _ = Foundation.kill(child, SIGKILL) }
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in
                self?.state.withLock { state in
                    guard let child = state.child else { return }
                    state.hasTimedOut = true
                    _ = Foundation.kill(child, SIGKILL)
                }
            }
        }

        func kill() {
            state.withLock { state in
                state.isWanted = true
                if let child = state.child { _ = Foundation.kill(child, SIGKILL) }
            }
        }

        func forget() {
            state.withLock { state in
                state.hasEnded = true
                state.child = nil
            }
        }
    }
}
