import ArgumentParser
import Foundation
import Stimmung
import StimmungAudio
import StimmungCorpora
import StimmungSupport
import Synchronization

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Recognises the emotion of recordings.",
        discussion: """
            stimmung predict call.mp3
            stimmung predict calls/ --timeline --format jsonl > calls.jsonl
            ffmpeg … -f wav - | stimmung predict --model M.safetensors -

            Without --model the program's own model answers: trained on ten German actors (EmoDB), for anger, boredom, disgust, fear, happiness,
            neutral and sadness. It is often wrong about other voices, languages and rooms: docs/model-card.md says how often.

            Any audio or video file; a folder stands for all audio files below it, - for a file on standard input. Files are worked on side by side and
            answered in their order. One that fails is named on standard error, in JSON and CSV too; the others are still done, and the exit status is 1.
            """)

    @Argument(help: ArgumentHelp("Audio or video files, folders, or -.", valueName: "file|folder|-"))
    var inputs: [String]

    @Option(
        help: ArgumentHelp(
            "A model that \"stimmung train\" wrote. (default: $STIMMUNG_MODEL, or the one in the program)", valueName: "model"))
    var model: String?

    @Flag(help: "Also decides for each segment of the recording.")
    var timeline = false

    @Option(help: ArgumentHelp("Seconds of a segment, before equal neighbours are joined.", valueName: "seconds"))
    var window = 2.0

    @Option(help: ArgumentHelp("\(names(of: PredictionFormat.self)).", valueName: "format"))
    var format = PredictionFormat.text

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A folder that gets one file for each recording, in place of standard output.", valueName: "folder"))
    var output: String?

    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        if !(window >= 0.1 && window <= 86_400) { throw ValidationError("--window is \(window); allowed is 0.1 to 86400 seconds.") }
        if window != 2, !timeline { throw ValidationError("--window is for --timeline: give both.") }
        if inputs.filter({ $0 == "-" }).count > 1 { throw ValidationError("Standard input can be read once only: give - once.") }
    }

    mutating func run() throws {
        let cancellation = signalCancellation
        // A folder of recordings may get the outputs too: their names end otherwise.
        try checkOutputs(files: [], folders: [output], inputs: [model] + inputs.filter { !isFolder($0) })
        var recogniser = try Recogniser(modelPath.map { try Model(contentsOf: $0) } ?? Model.builtIn())
        recogniser.cancellation = cancellation
        let standardInput = try inputs.contains("-") ? SpooledInput(cancellation) : nil
        var passedOver = PassedOver()
        let recordings = inputs.flatMap { input -> [BatchInput] in
            if let standardInput, input == "-" {
                return [.recording(.init(path: standardInput.path, name: input, title: "standard input"))]
            }
            guard isFolder(input) else { return [.recording(.init(path: input))] }
            return found(below: input, &passedOver)
        }
        if !compute.quiet, let sentence = passedOver.sentence { printToStandardError(sentence) }
        if format == .textgrid, recordings.count > 1, output == nil {
            throw CommandFailure(
                "A TextGrid holds one recording, and there are \(recordings.count): give --output, a folder for one file each.")
        }
        try predict(recordings, recogniser)
    }

    private func found(below folder: String, _ passedOver: inout PassedOver) -> [BatchInput] {
        do {
            var walk = try AudioFile.walk(folder: folder)
            var items: [BatchInput] = []
            while let item = walk.next() {
                switch item {
                case .file(let path): items.append(.recording(.init(path: walk.path(of: path))))
                case .problem(let problem): items.append(.failed(PredictionFailure(file: problem.path, error: AudioError(problem))))
                }
            }
            passedOver.add(walk.passedOver)
            if items.isEmpty { throw AudioError.noAudioFiles(folder: folder) }
            return items
        } catch {
            return [.failed(PredictionFailure(file: folder, error: error))]
        }
    }

    private var modelPath: String? { model ?? environmentPath("STIMMUNG_MODEL") }

    private func predict(_ recordings: [BatchInput], _ recogniser: Recogniser) throws {
        let progress = ProgressLine(quiet: compute.quiet || recordings.count < 2)
        defer { progress.finish() }
        let state = Mutex((output: try destination(recogniser.model.labels), failures: 0))
        try state.withLock { try $0.output.begin() }
        do {
            try recogniser.predict(all: recordings, timeline: timeline ? Timeline(window: window) : nil, workers: compute.workers) { done in
                progress.update("recognised", done, of: recordings.count)
            } deliver: { outcome in
                let outcome = outcome.withRemedy
                try state.withLock { state in
                    if case .failure(let failure) = outcome {
                        progress.complain("stimmung: \("\(failure)".printable)")
                        state.failures += 1
                    }
                    try state.output.add(outcome)
                }
            }
        } catch is Cancelled {
            // An interrupted document is ended too: what it holds can be read.
            try state.withLock { try $0.output.end() }
            throw Cancelled()
        }
        let failures = try state.withLock { state in
            try state.output.end()
            return state.failures
        }
        if failures > 0 {
            progress.finish()
            if recordings.count > 1 { printToStandardError("stimmung: \(failures) of \(recordings.count) files failed") }
            throw ExitCode(1)
        }
    }

    private func destination(_ classes: [String]) throws -> any PredictionDestination {
        guard let output else {
            return PredictionStream(writer: PredictionWriter(format: format, classes: classes, segments: timeline))
        }
        return PredictionFiles(folder: try PredictionFolder(path: output, format: format, classes: classes, segments: timeline))
    }
}

extension PredictionOutcome {
    /// The same, a failure with what the user can do about it.
    fileprivate var withRemedy: PredictionOutcome {
        guard case .failure(var failure) = self else { return self }
        failure.remedy = remedy(for: failure.error)
        return .failure(failure)
    }
}

/// Where outcomes go, in the order of their files.
private protocol PredictionDestination: Sendable {
    func begin() throws
    mutating func add(_ outcome: PredictionOutcome) throws
    func end() throws
}

/// One document on standard output.
private struct PredictionStream: PredictionDestination {
    var writer: PredictionWriter

    func begin() throws { try StandardOutput.write(writer.begin()) }
    mutating func add(_ outcome: PredictionOutcome) throws { try StandardOutput.write(writer.item(outcome)) }
    func end() throws { try StandardOutput.write(writer.end()) }
}

/// A file for each recording; their names on standard output.
private struct PredictionFiles: PredictionDestination {
    var folder: PredictionFolder

    func begin() {}
    mutating func add(_ outcome: PredictionOutcome) throws {
        if let file = try folder.write(outcome) { try StandardOutput.line(file) }
    }
    func end() {}
}
