import ArgumentParser
import Foundation
import StimmungSupport
import StimmungTensors
import StimmungTraining

/// Each command has a `commandName`: ArgumentParser would describe the types, and looking up how took 1 of 26 ms of recognising one recording
/// (AMD EPYC, Zen 4, 2026-11-26).
@main
struct StimmungCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stimmung",
        abstract: "Recognise emotion in speech with deep networks.",
        discussion: """
            New here?  stimmung demo
            Recognise  stimmung predict call.mp3
            Listen     stimmung listen
            Train      stimmung train lstm --corpus emodb -o M.safetensors
            Adapt      stimmung adapt encoder --corpus mine.csv -o M.safetensors
            Evaluate   stimmung evaluate lstm --corpus emodb --protocol loso

            Results go to standard output, progress and errors to standard error.

            The exit status is 0 for success, 1 for failure and 2 for wrong usage. It is 129, 130 or 143 if the program was stopped by \
            SIGHUP, Ctrl-C or SIGTERM.
            """,
        version: stimmungVersion,
        subcommands: [
            Demo.self, Predict.self, Segments.self, Stream.self, Listen.self, Serve.self, Enrol.self, Pretrain.self, Train.self,
            Adapt.self, TrainSpeech.self, Evaluate.self, StudyCommand.self, FeaturesCommand.self, Alter.self, Export.self,
            CorpusCommand.self, EncoderCommand.self, Inspect.self, Experiment.self,
        ])

    /// Runs a command, and turns errors into a line on standard error and the documented exit status.
    static func main() {
        // With a file size limit, writes then fail with an error that is handled, instead of killing the program.
        signal(SIGXFSZ, SIG_IGN)
        var called: (any ParsableCommand.Type)?
        do {
            try checkInstructionSet()
            if words == ["--version"] { try printVersion() }
            var command = try parsed(words)
            called = type(of: command)
            // Before the first thread.
            (command as? any InterruptibleCommand)?.handleSignals()
            try Processes.join(for: command)
            try command.run()
        } catch {
            Processes.end(after: error, status(of: error)) { report(error, of: called) }
        }
        Processes.end()
    }

    /// Without the parser, whose start takes as long as all else.
    private static func printVersion() throws -> Never {
        try StandardOutput.line(configuration.version)
        Processes.end()
    }

    private static func checkInstructionSet() throws {
        guard let wanted = getenv("STIMMUNG_ISA").map({ String(cString: $0) }), wanted != InstructionSet.current.rawValue else { return }
        let available = InstructionSet.available.map(\.rawValue).joined(separator: " or ")
        throw ValidationError("STIMMUNG_ISA is \"\(wanted)\"; on this processor it must be \(available).")
    }

    /// The command line. `CommandLine.arguments` would lose bytes that are not UTF-8.
    static let words = (1..<max(1, Int(CommandLine.argc))).compactMap { index in
        CommandLine.unsafeArgv[index].map { PathBytes.string(from: UnsafePointer($0)) }
    }

    /// Parses the command line.
    private static func parsed(_ words: [String]) throws -> any ParsableCommand {
        if let empty = words.firstIndex(of: "") {
            throw ValidationError("Argument \(empty + 1) is empty. Is a variable of the shell unset?")
        }
        if let command = parsedAlone(words) { return command }
        do { return try parseAsRoot(words) } catch {
            throw exitCode(for: error) == .validationFailure ? unknownCommand(in: words, of: Self.self) ?? error : error
        }
    }

    /// The command that the first word names, parsed without the descriptions of all others, which took 3 of 10 ms of a start (AMD EPYC, Zen 4,
    /// 2026-11-28); nil if it needs the others: with an error, and for help.
    private static func parsedAlone(_ words: [String]) -> (any ParsableCommand)? {
        guard let name = words.first, let type = configuration.subcommands.first(where: { $0.configuration.commandName == name }),
            type.configuration.subcommands.isEmpty, let command = try? type.parseAsRoot(Array(words.dropFirst())),
            Swift.type(of: command) == type
        else { return nil }
        return command
    }

    /// The exit status after an error.
    private static func status(of error: any Error) -> Int32 {
        switch exitCode(for: error) {
        case .success: return 0
        case .validationFailure: return 2
        default:
            if let status = error as? ExitCode { return status.rawValue }
            if error is Cancelled { return interruptedStatus }
            return (error as? any UsageError)?.isUsage == true ? 2 : 1
        }
    }

    /// - Parameter command: the command that was running; nil if parsing failed.
    /// - Returns: the exit status.
    private static func report(_ error: any Error, of command: (any ParsableCommand.Type)?) -> Int32 {
        switch exitCode(for: error) {
        case .success:
            do {
                try StandardOutput.line(fullMessage(for: error))
            } catch {
                printToStandardError("stimmung: \("\(error)".printable)")
                return 1
            }
        case .validationFailure:
            printToStandardError("stimmung: \(usageMessage(for: error, of: command))")
        default:
            // These have been reported.
            if error is ExitCode || error is Cancelled { break }
            // Only a list of recordings has several lines. A line feed in any other message comes from a file name.
            let message = userMessage(for: error)
            printToStandardError("stimmung: \(error is UnreadableUtterances ? message : message.printable)")
        }
        return status(of: error)
    }

    /// The error's message and the usage of its command.
    private static func usageMessage(for error: any Error, of command: (any ParsableCommand.Type)?) -> String {
        guard let command else { return String(fullMessage(for: error).trimmingPrefix("Error: ")) }
        let usage = usageString(for: command)
        let name = usage.split(separator: " ").prefix { $0.first?.isLetter == true }.joined(separator: " ")
        return "\(message(for: error))\nUsage: \(usage)\n  See '\(name) --help' for more information."
    }
}
