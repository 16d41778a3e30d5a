import ArgumentParser
import Foundation
import StimmungSupport

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
            Exit status: 0 done, 1 failed, 2 wrong usage, 130 or 143 interrupted
            (Ctrl-C or SIGTERM).
            """,
        version: stimmungVersion,
        subcommands: [
            Demo.self, Predict.self, Pretrain.self, Train.self, TrainSpeech.self, Evaluate.self, StudyCommand.self, FeaturesCommand.self,
            Alter.self,
            CorpusCommand.self, Inspect.self, Experiment.self,
        ])

    /// Runs a command, and turns errors into a line on standard error and the documented exit status.
    static func main() {
        // A limit on the size of files then shows as an error of the write, which cleans up, and does not kill.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parsed(Array(CommandLine.arguments.dropFirst()))
            // Before the first thread.
            if command is any InterruptibleCommand { _ = signalCancellation }
            try command.run()
        } catch {
            Foundation.exit(report(error))
        }
    }

    /// The command that the words call.
    private static func parsed(_ words: [String]) throws -> any ParsableCommand {
        do { return try parseAsRoot(words) } catch {
            throw exitCode(for: error) == .validationFailure ? unknownCommand(in: words, of: Self.self) ?? error : error
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        switch exitCode(for: error) {
        case .success:
            do {
                try StandardOutput.line(fullMessage(for: error))
                return 0
            } catch {
                printToStandardError("stimmung: \(error)")
                return 1
            }
        case .validationFailure:
            printToStandardError(fullMessage(for: error))
            return 2
        default:
            if let status = error as? ExitCode { return status.rawValue }
            if error is Cancelled { return interruptedStatus }
            printToStandardError("stimmung: \(userMessage(for: error))")
            return (error as? any UsageError)?.isUsage == true ? 2 : 1
        }
    }
}
