import Foundation
import StimmungSupport

/// The program espeak-ng as a child process, without a shell and under a time limit.
struct EspeakNG: Sendable {
    let executable: String
    /// espeak-ng 1.52 starts its noise from the clock unless told otherwise with `-D`; 1.51 has neither the clock nor the option.
    let hasDeterministicOption: Bool

    /// Seconds after which a child is killed. One sentence takes about 0.03.
    static let timeLimit = 20.0

    /// Finds the program in the folders of `searchPath`, as `ProgramSearch` does.
    ///
    /// - Throws: `synthesiserMissing`, `synthesiserFailed`, `cancelled`.
    static func find(searchPath: String) async throws(CorpusError) -> EspeakNG {
        guard let executable = ProgramSearch.find("espeak-ng", in: searchPath) else { throw .synthesiserMissing }
        let help = try await run(executable, ["--help"], folder: "/", name: "espeak-ng --help")
        let hasOption = help.split(separator: "\n").contains { $0.hasPrefix("-D") && $0.contains("eterministic") }
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
        _ = try await EspeakNG.run(executable, arguments, folder: folder, name: utterance.fileName)
    }

    /// What the program prints on standard output.
    ///
    /// - Parameter name: of what it makes, for errors.
    /// - Throws: `synthesiserFailed`, `cancelled`.
    private static func run(
        _ executable: String, _ arguments: [String], folder: String, name: String
    ) async throws(CorpusError) -> String {
        let outcome: ChildProcess.Outcome
        do {
            outcome = try await ChildProcess.run(executable: executable, arguments: arguments, folder: folder, timeLimit: timeLimit)
        } catch {
            let reason =
                switch error {
                case .cancelled: throw .cancelled
                case .outOfTime(let seconds), .stalled(let seconds): "it took more than \(Int(seconds)) seconds"
                case .notStarted(let reason): "it could not be started: \(reason)"
                case .notRead(let reason): "its output could not be read: \(reason)"
                }
            throw .synthesiserFailed(file: name, reason: reason)
        }
        if Task.isCancelled { throw .cancelled }
        switch outcome.ending {
        case .exited(status: 0): return outcome.output
        case .exited(let status):
            let told = String((outcome.output + outcome.errorText).prefix(500)).trimmingCharacters(in: .whitespacesAndNewlines)
            throw .synthesiserFailed(file: name, reason: "it ended with status \(status)" + (told.isEmpty ? "" : " (\(told))"))
        case .killed: throw .synthesiserFailed(file: name, reason: "it was killed by a signal")
        }
    }
}
