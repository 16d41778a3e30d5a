import ArgumentParser
import Foundation
import Stimmung
import StimmungSupport

struct Segments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segments",
        abstract: "List the speech of a recording, with the emotion of each segment.",
        discussion: """
            stimmung segments meeting.wav
            stimmung segments meeting.wav --format rttm > meeting.rttm

            Speech is cut at pauses and where its emotion changes. Pauses are left out; "stimmung predict --timeline" lists them too.
            """)

    @Argument(help: ArgumentHelp("An audio or video file.", valueName: "file"), completion: .file())
    var recording: String

    @Option(
        help: ArgumentHelp(
            "A model written by \"stimmung train\". (default: $STIMMUNG_MODEL, or the built-in model)", valueName: "model"),
        completion: .file(extensions: ["safetensors"]))
    var model: String?

    @Option(help: ArgumentHelp("Output format.", valueName: "format"))
    var format = PredictionFormat.text

    mutating func run() throws {
        var recogniser = try Recogniser(modelPath: model)
        recogniser.cancellation = signalCancellation
        var prediction = try recogniser.predict(path: recording, timeline: Timeline())
        prediction.segments = prediction.segments?.filter { $0.label != nil }
        for warning in prediction.warnings where !format.holdsFailures {
            printToStandardError("stimmung: warning: \(recording): \(warning.message)".printable)
        }
        var writer = PredictionWriter(format: format, classes: recogniser.model.labels, segments: true)
        try StandardOutput.write(writer.begin() + writer.item(.success(prediction)) + writer.end())
    }
}

extension Segments: InterruptibleCommand {}

extension Recogniser {
    /// A recogniser with the model of `--model`, or else of `STIMMUNG_MODEL`, or else the built-in one.
    init(modelPath: String?) throws {
        try self.init((modelPath ?? environmentPath("STIMMUNG_MODEL")).map { try Model(contentsOf: $0) } ?? Model.builtIn())
    }
}
