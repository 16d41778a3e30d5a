import Foundation
import StimmungSupport

/// The program espeak-ng as a child process, without a shell and under a time limit.
struct EspeakNG: Sendable {
    let executable: String
    /// espeak-ng 1.52 seeds its noise from the clock unless `-D` is given; 1.51 has neither the seed nor the option.
    private(set) var hasDeterministicOption = false
    /// Kills running children.
    let cancellation: Cancellation

    /// Seconds after which a child is killed. A sentence takes about 0.03 s.
    static let timeLimit = 20.0

    /// Finds the program in the folders of `searchPath`, as `ProgramSearch` does.
    ///
    /// - Throws: `CorpusError.synthesiserMissing`, `CorpusError.synthesiserFailed`, `Cancelled`.
    init(searchPath: String, cancellation: Cancellation) throws {
        guard let executable = ProgramSearch.find("espeak-ng", in: searchPath) else { throw CorpusError.synthesiserMissing }
        self.executable = executable
        self.cancellation = cancellation
        let help = try run(["--help"], folder: "/", name: "espeak-ng --help")
        hasDeterministicOption = help.split(separator: "\n").contains { $0.hasPrefix("-D") && $0.contains("eterministic") }
    }

    /// Speaks `utterance` into `folder/name.wav` (mono, 16 bits, 22,050 Hz, as espeak-ng writes it).
    ///
    /// - Throws: `CorpusError.synthesiserFailed`, `CorpusError.cannotWrite`, `Cancelled`.
    func speak(_ utterance: SyntheticUtterance, folder: String, name: String) throws {
        let voice = joined(folder, name + ".voice")
        do { try AtomicFile.write(Data(utterance.voiceFile.utf8), to: voice, waitsForDisk: false) } catch {
            throw CorpusError.cannotWrite(path: voice, reason: error.reason)
        }
        let arguments =
            (hasDeterministicOption ? ["-D"] : []) + [
                // Relative to the working folder, because espeak-ng 1.51 truncates paths at 40 characters.
                "--load", "-v", name + ".voice", "-s", String(utterance.wordsPerMinute),
                // Half amplitude, to avoid clipping; the exact level is set afterwards.
                "-a", "50", "-z", "-w", name + ".wav", utterance.text,
            ]
        _ = try run(arguments, folder: folder, name: utterance.fileName)
    }

    /// Runs the program and returns its standard output.
    ///
    /// - Parameter name: name of the result, for errors.
    /// - Throws: `CorpusError.synthesiserFailed`, `Cancelled`.
    private func run(_ arguments: [String], folder: String, name: String) throws -> String {
        let outcome: ChildProcess.Outcome
        do {
            let limits = ChildProcess.Limits(total: Self.timeLimit, cancellation: cancellation)
            outcome = try ChildProcess(executable: executable, arguments: arguments, folder: folder, limits: limits).outcome()
        } catch {
            let reason =
                switch error {
                case .cancelled: throw Cancelled()
                case .outOfTime(let seconds), .stalled(let seconds): "it took more than \(Int(seconds)) seconds"
                case .notStarted(let reason): "it could not be started: \(reason)"
                case .notRead(let reason): "its output could not be read: \(reason)"
                }
            throw CorpusError.synthesiserFailed(file: name, reason: reason)
        }
        // Ctrl-C in a terminal also ends the child; that is not a failure.
        try cancellation.check()
        switch outcome.ending {
        case .exited(status: 0): return outcome.output
        case .exited(let status):
            let told = String((outcome.output + outcome.errorText).prefix(500)).trimmingCharacters(in: .whitespacesAndNewlines)
            throw CorpusError.synthesiserFailed(file: name, reason: "it ended with status \(status)" + (told.isEmpty ? "" : " (\(told))"))
        case .killed: throw CorpusError.synthesiserFailed(file: name, reason: "it was killed by a signal")
        }
    }
}
