import ArgumentParser
import Foundation
import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungFeatures
import StimmungReports
import StimmungSupport

@main
struct StimmungCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stimmung",
        abstract: "Recognises emotion from speech, with deep networks.",
        discussion: """
            New here?  stimmung demo
            Recognise  stimmung predict call.mp3
            Train      stimmung train lstm --corpus emodb -o M.safetensors
            Evaluate   stimmung evaluate lstm --corpus emodb --protocol loso

            Results go to standard output, progress and errors to standard error.
            Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
            """,
        version: stimmungVersion,
        subcommands: [
            Demo.self, Predict.self, Pretrain.self, Train.self, Evaluate.self, StudyCommand.self, FeaturesCommand.self, Alter.self,
            CorpusCommand.self, Inspect.self, Experiment.self,
        ])

    /// Runs a command, and turns errors into a line on standard error and the documented exit status.
    static func main() async {
        // A limit on the size of files then shows as an error of the write, which cleans up, and does not kill.
        signal(SIGXFSZ, SIG_IGN)
        do {
            try requireCommand(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Foundation.exit(report(error))
        }
    }

    /// Says which commands there are where the first word is none of them.
    private static func requireCommand(_ words: [String]) throws {
        let names = configuration.subcommands.map { $0._commandName } + ["help"]
        guard let word = words.first, !word.hasPrefix("-"), !names.contains(word), !words.contains(where: ["-h", "--help"].contains) else {
            return
        }
        let isRecording = word.contains(".") || FileManager.default.fileExists(atPath: word)
        let hint = isRecording ? " A recording is recognised by \"stimmung predict\" and its name." : ""
        throw ValidationError("There is no command \"\(word)\": give one of \(names.joined(separator: ", ")).\(hint)")
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
            if error is Cancelled { return 130 }
            if isUsage(error) {
                printToStandardError("stimmung: \(error)")
                return 2
            }
            printToStandardError("stimmung: \(error)")
            return 1
        }
    }

    /// Whether an error is about how the command was called, and not about what it met.
    private static func isUsage(_ error: any Error) -> Bool {
        switch error {
        case RecipeError.value, RecipeError.unknown, CorpusError.invalidProtocol, CorpusError.invalidOption, CorpusError.emptyClassList,
            FeatureError.option, FeatureError.audio(.badAlteration), AudioError.badAlteration, ReportError.option:
            true
        default: false
        }
    }
}
