import ArgumentParser
import Foundation
import Stimmung
import StimmungAudio
import StimmungSupport

struct Enrol: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Learn a voice from recordings of one person.",
        discussion: """
            stimmung enrol anna/*.wav -o anna.voice
            stimmung predict call.wav --voice anna.voice

            A recogniser that knows the voice is right more often: docs/accuracy.md. Half a minute of ordinary speech is enough; speech of a \
            single emotion is not, because it cannot be told from the voice. Labels are not needed.

            The file holds the mean of the features and no audio. It belongs to models with the same features.
            """)

    @Argument(help: ArgumentHelp("Audio or video files, or folders.", valueName: "file|folder"), completion: .file())
    var inputs: [String]

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The voice file to write.", valueName: "file"), completion: .file(extensions: ["voice"]))
    var output: String

    @OptionGroup var model: ModelOption
    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        if inputs.contains("-") {
            throw ValidationError("Standard input cannot be enrolled. Give files, or use \"stimmung stream --enrol\".")
        }
        if output == "-" { throw ValidationError("--output needs the name of a file.") }
    }

    mutating func run() throws {
        try checkOutputs(files: [output], inputs: [model.path] + inputs)
        try refuseRecordings(asOutputs: [output])
        var recogniser = try model.recogniser()
        recogniser.cancellation = signalCancellation
        let recordings = try RecordingInputs(inputs).map { element in
            switch element {
            case .recording(let found): return AudioSegment(path: found.path)
            case .failed(_, let error): throw error
            }
        }
        let voice = try recogniser.enrol(recordings, workers: compute.workers)
        try voice.write(path: output)
        for warning in voice.warnings { printToStandardError("stimmung: warning: \(output): \(warning.message)".printable) }
        if !compute.quiet { try StandardOutput.line("\(output.printable): \(voice.summary)") }
    }
}

extension Enrol: InterruptibleCommand {}

extension Voice {
    /// For people.
    fileprivate var summary: String {
        "\(Decimals.text(seconds, digits: 0)) s of speech in \(counted(stretches, "stretch", "stretches")); "
            + "its mean counts for \(Percent.text(share, digits: 0)) against that of the training speakers"
    }
}

/// The voices of people whose recordings are in a folder each.
struct FolderVoices {
    private let folders: [String: [AudioSegment]]
    private let recogniser: Recogniser
    private let workers: Workers

    /// - Parameter recordings: those in subfolders of an input count.
    init(_ recordings: RecordingInputs, _ channel: ChannelSelection, _ recogniser: Recogniser, _ workers: Workers) {
        var folders: [String: [AudioSegment]] = [:]
        for case .recording(let found) in recordings where found.below?.contains("/") == true {
            folders[folder(of: found.path), default: []].append(AudioSegment(path: found.path, channel: channel))
        }
        self.folders = folders
        self.recogniser = recogniser
        self.workers = workers
    }

    /// A recogniser for each folder that there is speech in. Recordings that cannot be read are left out: recognising them reports why.
    ///
    /// - Parameter warn: called with a sentence about a voice that helps less than it could.
    func learn(_ warn: (String) -> Void) throws -> [String: Recogniser] {
        var known: [String: Recogniser] = [:]
        if folders.isEmpty { warn("warning: no recording is in a subfolder of an input, so no voice is learnt") }
        for (path, recordings) in folders.sorted(by: { $0.key < $1.key }) {
            guard let voice = try recogniser.enrolReadable(recordings, workers: workers) else { continue }
            known[path] = try recogniser.knowing(voice)
            for warning in voice.warnings { warn("warning: the voice of \(path): \(warning.message)") }
        }
        return known
    }
}
