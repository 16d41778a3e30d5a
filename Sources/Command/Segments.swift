import ArgumentParser
import Foundation
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungSupport

struct Segments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segments",
        abstract: "List the speech of a recording, with the emotion of each segment.",
        discussion: """
            stimmung segments meeting.wav
            stimmung segments meeting.wav --least-pause 1
            stimmung segments meeting.wav --format srt > meeting.srt
            ffmpeg … -f wav - | stimmung segments -

            Speech is cut at pauses and where its emotion changes. Pauses are left out; "stimmung predict --timeline" lists them too.
            """)

    @Argument(help: ArgumentHelp("An audio or video file, or - for one on standard input.", valueName: "file|-"), completion: .file())
    var recording: String

    @OptionGroup var model: ModelOption
    @OptionGroup var voice: VoiceOption
    @OptionGroup var reject: RejectOption

    @Flag(help: "Learn the recording's source (line, room, speakers) from it first, and move the model's mean to it.")
    var adapt = false

    @Option(help: ArgumentHelp("Output format.", valueName: "format"))
    var format = PredictionFormat.text

    @OptionGroup var speech: SpeechOptions

    @Flag(name: .shortAndLong, help: "Do not show progress on standard error.")
    var quiet = false

    mutating func run() throws {
        if adapt { try refusePipes([recording]) }
        var recogniser = try reject.recogniser(voice.recogniser(model.recogniser()))
        recogniser.cancellation = signalCancellation
        let standardInput = recording == "-" ? try SpooledInput(signalCancellation) : nil
        defer { withExtendedLifetime(standardInput) {} }
        let input = standardInput.map { BatchInput.Recording(path: $0.path, name: "-", title: "standard input") } ?? .init(path: recording)
        let segment = AudioSegment(path: input.path)
        if adapt {
            let progress = BatchProgress("heard", line: ProgressLine(quiet: quiet))
            recogniser = try recogniser.adapting(to: [segment], workers: Workers(threads: 1), progress)
        }
        var prediction: Prediction
        do { prediction = try recogniser.predict(segment, session: speech.session) } catch { throw input.naming(error, channel: nil) }
        prediction.file = input.name
        for warning in prediction.warnings where !format.holdsFailures {
            printToStandardError("stimmung: warning: \(input.title): \(warning.message)".printable)
        }
        var writer = PredictionWriter(format: format, classes: recogniser.model.labels, segments: true)
        try StandardOutput.write(writer.begin() + writer.item(.success(prediction)) + writer.end())
    }
}

extension Segments: InterruptibleCommand {}
