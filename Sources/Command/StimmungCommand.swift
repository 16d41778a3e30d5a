import ArgumentParser
import Foundation
import StimmungSupport
import StimmungTraining

@main
struct StimmungCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stimmung",
        abstract: "Recognises emotion from speech, with deep networks.",
        discussion: """
            New here?  stimmung demo
            Recognise  stimmung predict call.mp3
            Train      stimmung train lstm --corpus emodb -o M.safetensors
            Evaluate   stimmung evaluate lstm --corpus emodb --protocol loso

            Results go to standard output, progress and errors to standard error.
            Exit status: 0 done, 1 failed, 2 wrong usage, 129, 130 or 143
            stopped by SIGHUP, Ctrl-C or SIGTERM.
            """,
        version: stimmungVersion,
        subcommands: [
            Demo.self, Predict.self, Segments.self, Stream.self, Pretrain.self, Train.self, TrainSpeech.self, Evaluate.self, StudyCommand.self, FeaturesCommand.self,
            Alter.self,
            CorpusCommand.self, Inspect.self, Experiment.self,
        ])

    /// Runs a command, and turns errors into a line on standard error and the documented exit status.
    static func main() {
        // A limit on the size of files then shows as an error of the write, which cleans up, and does not kill.
        signal(SIGXFSZ, SIG_IGN)
        var called: (any ParsableCommand.Type)?
        do {
            var command = try parsed(words)
            called = type(of: command)
            // Before the first thread.
            if command is any InterruptibleCommand { _ = signalCancellation }
            try command.run()
        } catch {
            Foundation.exit(report(error, of: called))
        }
    }

    /// What the program was called with. Not by `CommandLine.arguments`, which has no place for bytes that are not UTF-8.
    static let words = (1..<max(1, Int(CommandLine.argc))).compactMap { index in
        CommandLine.unsafeArgv[index].map { PathBytes.string(from: UnsafePointer($0)) }
    }

    /// The command that the words call.
    private static func parsed(_ words: [String]) throws -> any ParsableCommand {
        if let empty = words.firstIndex(of: "") {
            throw ValidationError("Argument \(empty + 1) is empty. Is a variable of the shell unset?")
        }
        do { return try parseAsRoot(words) } catch {
            throw exitCode(for: error) == .validationFailure ? unknownCommand(in: words, of: Self.self) ?? error : error
        }
    }

    /// - Parameter command: the command that was running; nil where the words call none.
    private static func report(_ error: any Error, of command: (any ParsableCommand.Type)?) -> Int32 {
        switch exitCode(for: error) {
        case .success:
            do {
                try StandardOutput.line(fullMessage(for: error))
                return 0
            } catch {
                printToStandardError("stimmung: \("\(error)".printable)")
                return 1
            }
        case .validationFailure:
            printToStandardError("stimmung: \(usageMessage(for: error, of: command))")
            return 2
        default:
            if let status = error as? ExitCode { return status.rawValue }
            if error is Cancelled { return interruptedStatus }
            // Only a list of recordings has lines of its own; a line feed in any other message comes from a name.
            let message = userMessage(for: error)
            printToStandardError("stimmung: \(error is UnreadableUtterances ? message : message.printable)")
            return (error as? any UsageError)?.isUsage == true ? 2 : 1
        }
    }

    /// The error's message and the usage of the command that it is about.
    private static func usageMessage(for error: any Error, of command: (any ParsableCommand.Type)?) -> String {
        guard let command else { return String(fullMessage(for: error).trimmingPrefix("Error: ")) }
        let usage = usageString(for: command)
        let name = usage.split(separator: " ").prefix { $0.first?.isLetter == true }.joined(separator: " ")
        return "\(message(for: error))\nUsage: \(usage)\n  See '\(name) --help' for more information."
    }
}
