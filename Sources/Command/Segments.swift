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

            Speech is cut at pauses and where its emotion changes. Pauses are left out; "stimmung predict --timeline" lists them too.
            """)

    @Argument(help: ArgumentHelp("An audio or video file.", valueName: "file"), completion: .file())
    var recording: String

    @OptionGroup var model: ModelOption

    @Option(help: ArgumentHelp("Output format.", valueName: "format"))
    var format = PredictionFormat.text

    @OptionGroup var speech: SpeechOptions

    mutating func run() throws {
        var recogniser = try model.recogniser()
        recogniser.cancellation = signalCancellation
        let options = speech.session
        var prediction =
            try options == SessionOptions()
            ? recogniser.predict(path: recording, timeline: Timeline()) : recogniser.predict(path: recording, session: options)
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
    /// Seconds that are read at a time.
    private static let secondsRead = 10

    /// Recognises a recording as a session with options of its own; `segments` has no pauses.
    fileprivate func predict(path: String, session options: SessionOptions) throws -> Prediction {
        var options = options
        options.posteriorInterval = nil
        let rate = model.recipe.features.sampleRate
        let session = try session(sampleRate: rate, options: options)
        let reader = try AudioReader(AudioSegment(path: path), sampleRate: rate, cancellation: cancellation)
        var (samples, events) = (0, [SessionEvent]())
        while case let chunk = try reader.read(maximum: Self.secondsRead * rate), !chunk.isEmpty {
            try cancellation.check()
            samples += chunk.count
            do { events += try session.push(chunk) } catch let error as FeatureError { throw error.naming(path) }
        }
        let needed = model.recipe.features.samplesNeeded
        guard samples >= needed else { throw FeatureError.tooShort(file: path, samples: samples, needed: needed) }
        events += try session.finish()
        guard case .finished(let summary)? = events.last else { preconditionFailure("a session ends with .finished") }
        return Prediction(
            file: path, label: summary.label, confidence: summary.confidence, probabilities: summary.probabilities,
            segments: events.compactMap { if case .segment(let segment) = $0 { segment } else { nil } }, duration: summary.duration,
            warnings: reader.warnings)
    }
}
