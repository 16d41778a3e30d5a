import ArgumentParser
import Foundation
import Stimmung
import StimmungAudio
import StimmungSupport

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        // Parsed by itself (`StimmungCommand.parsedAlone`), the command then does not look for --generate-completion-script: 1.5 of 15 ms of
        // recognising one recording (AMD EPYC, Zen 4, 2026-11-28).
        _superCommandName: "stimmung",
        abstract: "Recognise the emotion of recordings.",
        discussion: """
            stimmung predict call.mp3
            stimmung predict calls/ --timeline --format jsonl > calls.jsonl
            stimmung predict call.wav --channels each
            stimmung predict calls/ --format json -o results/ --resume
            stimmung predict calls/ --timeline --format audformat -o database/
            ffmpeg … -f wav - | stimmung predict --model M.safetensors -

            Without --model, the built-in model is used. It was trained on ten German actors (EmoDB) and recognises anger, boredom, disgust, \
            fear, happiness, neutral and sadness. It is often wrong about other voices, languages and rooms; see docs/model-card.md.

            Inputs are audio or video files, folders (all audio files below them), and - for a file on standard input. Results come in the \
            order of the inputs. If a recording fails, the others are still recognised, and the exit status is 1.

            An output folder mirrors the input: calls/monday/a.wav becomes results/monday/a.json. The extension is kept (a.wav.json) where the \
            folder has several files of that name. Names that are too long for the file system are shortened and end in a hash. Failed \
            recordings are listed in results/failures.csv.

            --resume skips recordings whose content, model, options and result are unchanged since an earlier run with the same output \
            folder. All others are recognised again.
            """)

    @Argument(help: ArgumentHelp("Audio or video files, folders, or -.", valueName: "file|folder|-"), completion: .file())
    var inputs: [String]

    @OptionGroup var model: ModelOption
    @OptionGroup var voice: VoiceOption
    @OptionGroup var reject: RejectOption

    @Flag(
        help: """
            Take all inputs for recordings of one source, such as a line, a room or a studio, and move the model's mean to that of their \
            speech before they are recognised. Labels are not needed; with them, see "stimmung adapt". With --channels each, the mix of the \
            channels is heard.
            """)
    var adapt = false

    @Option(
        help: ArgumentHelp(
            """
            by-folder: each subfolder holds one person's speech. The voice is learnt from all its recordings before they are recognised. \
            Recordings that are in no subfolder of an input are recognised without a voice.
            """, valueName: "rule"))
    var voices: Voices?

    /// The values of `--voices`.
    enum Voices: String, CaseIterable, ExpressibleByArgument {
        case byFolder = "by-folder"
    }

    @Flag(
        help: """
            Also write arousal and valence, -1 to 1: a mapping of the class probabilities, not a measurement. Empty for models with \
            classes that have no place in it.
            """)
    var affect = false

    @Flag(help: "Also classify each segment of a recording.")
    var timeline = false

    @Option(
        help: ArgumentHelp(
            "Fixed length of a segment; equal neighbours are joined. (default: cut at pauses and changes; 2 for models without speech detection)",
            valueName: "seconds"))
    var window: Double?

    @Option(
        help: ArgumentHelp(
            "For several channels: recognise their mix, the first, the louder, or each separately.", valueName: "channel"))
    var channels = ChannelChoice.mix

    @Option(
        help: ArgumentHelp(
            "Output format. (default: by the output's extension, or text)", valueName: "format"))
    var format: PredictionFormat?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            File for all results, or folder for one file per recording. A name without an extension is a folder. \
            (default: standard output)
            """, valueName: "file|folder"), completion: .file())
    var output: String?

    @OptionGroup var drawing: TimelinePictureOption

    @Flag(help: "Skip recordings that are finished in the output folder.")
    var resume = false

    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        if let window, !(window >= 0.1 && window <= 86_400) {
            throw ValidationError("--window is \(window); it must be 0.1 to 86400 seconds.")
        }
        if window != nil, !hasTimeline { throw ValidationError("--window needs --timeline.") }
        if let choice = try? OutputChoice(output) {
            let format = try format(for: choice)
            if affect, !format.holdsAffect {
                throw ValidationError("--affect needs --format text, json, jsonl or csv.")
            }
            if resume, !choice.isFolder { throw ValidationError("--resume needs a folder as --output.") }
        }
        if let picture = drawing.picture {
            guard inputs.count == 1, !isFolder(inputs[0]), channels != .each else {
                throw ValidationError("--picture draws one recording. Give one file, and not --channels each.")
            }
            if picture == "-" { throw ValidationError("--picture needs the name of a file.") }
            if let ending = OutputChoice.fileExtension(of: picture), ending != "svg" {
                throw ValidationError("--picture is \(picture), but only SVG can be written. Give a name that ends in .svg.")
            }
            if (try? OutputChoice(output))?.isFolder == true {
                throw ValidationError("--picture cannot be combined with an output folder. Give a file as --output.")
            }
        }
        if format == .audformat {
            guard channels != .each else {
                throw ValidationError("--format audformat has one row per stretch of a file, so --channels each has no place in it.")
            }
            if resume { throw ValidationError("--resume needs one file per recording, but --format audformat writes one table.") }
        }
        if voices != nil, channels == .each {
            throw ValidationError("--voices by-folder learns one voice per folder, so it cannot be combined with --channels each.")
        }
        if voices != nil, voice.voice != nil { throw ValidationError("--voice and --voices exclude each other.") }
        if inputs.filter({ $0 == "-" }).count > 1 { throw ValidationError("Standard input can be read only once. Give - once.") }
    }

    private var hasTimeline: Bool { timeline || drawing.picture != nil }

    /// One small file of a format that needs no other program, with a result of one line on standard output.
    var isBrief: Bool {
        guard inputs.count == 1, (output ?? "-") == "-", !hasTimeline, !adapt, voices == nil else { return false }
        guard ["wav", "flac", "mp3", "ogg"].contains(fileExtension(of: inputs[0])), !Processes.areLaunched else { return false }
        return FileStatus(path: inputs[0]).map { $0.size <= 1 << 18 } ?? false
    }

    mutating func run() throws {
        let cancellation = cancellation
        let choice = try OutputChoice(output)
        let format = try format(for: choice)
        try choice.check(inputs: [model.path, voice.voice] + inputs.filter { !isFolder($0) }, picture: drawing.picture)
        let recordings = RecordingInputs(inputs)
        if format.holdsOneRecording, !choice.isFolder, channels == .each || recordings.prefix(2).map({ $0 }).count > 1 {
            throw CommandFailure("\(format.document) describes one recording or channel, and there are several. Give a folder as --output.")
        }
        if adapt { try refusePipes(inputs) }
        if Processes.joined.areSeveral, inputs.contains("-") {
            throw ValidationError("Standard input has one reader, and there are several processes. Give a file.")
        }
        var recogniser = try reject.recogniser(voice.recogniser(model.recogniser()))
        recogniser.cancellation = cancellation
        let standardInput = try inputs.contains("-") ? SpooledInput(cancellation) : nil
        defer { withExtendedLifetime(standardInput) {} }

        let sharesTerminal = choice == .standardOutput && isatty(STDOUT_FILENO) == 1
        let line = ProgressLine(quiet: compute.quiet || sharesTerminal || !recordings.areMany)
        defer { line.finish() }
        let progress = BatchProgress("recognised", line: line)
        if adapt {
            let segments = recordings.segments(channels.batchChannels, standardInput: standardInput?.path)
            let heard = BatchProgress("heard", line: ProgressLine(quiet: compute.quiet))
            if recordings.areMany { heard.count { recordings.count } }
            recogniser = try recogniser.adapting(to: segments, workers: compute.workers, heard)
        }
        if voices == .byFolder {
            guard let channel = channels.selection else { preconditionFailure("checked in validate()") }
            recogniser.ofFolders = try FolderVoices(recordings, channel, recogniser, compute.workers).learn { line.complain($0) }
        }
        guard Processes.leads else {
            recogniser.assist(timeline: hasTimeline ? Timeline(window: window) : nil, workers: compute.workers) { remedy(for: $0) }
            // A cancellation is reported by process 0.
            return
        }
        if !compute.quiet, recordings.areMany { progress.count { recordings.count } }
        var run = PredictionRun(
            recogniser: recogniser, recordings: recordings.batch(channels.batchChannels, standardInput: standardInput?.path),
            timeline: hasTimeline ? Timeline(window: window) : nil,
            workers: recordings.areMany ? compute.workers : compute.oneThread,
            reporter: PredictionReporter(progress: progress, format: format, sharesTerminal: sharesTerminal),
            separatesChannels: channels == .each, affect: affect)
        run.onPrediction = picturing(standardInput?.path, recogniser.model.labels)
        defer { if let sentence = recordings.passedOverSentence { line.say(sentence) } }
        do {
            switch choice {
            case .standardOutput: try run.write { try StandardOutput.write($0) }
            case .file(let path): try run.write(to: path)
            case .folder(let path) where format == .audformat: try run.write(databaseInto: path, source: recogniser.model.card.corpus)
            case .folder(let path):
                try run.write(
                    into: path, resumes: resume, model: modelFingerprint, inputs: NamedInputs([model.path, voice.voice] + inputs))
            }
        } catch is Cancelled {
            line.complain(choice.stateAfterInterruption)
            throw Cancelled()
        }
    }

    /// Draws the picture of the only prediction; nil without `--picture`.
    private func picturing(_ standardInput: String?, _ classes: [String]) -> (@Sendable (Prediction) throws -> Void)? {
        guard drawing.picture != nil, let channel = channels.selection else { return nil }
        let recording = AudioSegment(path: standardInput ?? inputs[0], channel: channel)
        return { [drawing] in try drawing.write($0, of: recording, classes: classes) }
    }

    private func format(for choice: OutputChoice) throws -> PredictionFormat {
        try choice.format(format, of: PredictionFormat.allCases.map { ($0, $0.fileExtension) }, default: .text)
    }

    /// Identifies the model and the voice in an output folder. Reads the model file again, so only used for a folder.
    private var modelFingerprint: String {
        func hash(_ path: String?) -> String? { path.map { ContentHash(ofFile: $0)?.text ?? "" } }
        let ownVoice = hash(voice.voice).map { " voice " + $0 } ?? ""
        let builtIn = model.builtIn == .encoder ? "built-in encoder" : "built-in"
        return (hash(model.path) ?? builtIn) + ownVoice + (voices.map { " voices " + $0.rawValue } ?? "")
    }
}
