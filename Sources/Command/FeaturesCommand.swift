import ArgumentParser
import Foundation
import Stimmung
import StimmungAudio
import StimmungFeatures
import StimmungSupport

struct FeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Compute the features of recordings.",
        discussion: """
            stimmung features call.wav
                39 MFCC per frame, as CSV on standard output
            stimmung features calls/ --kind fbank --deltas 0 -o features/ --format npy
                filterbanks of a folder, as one NumPy file per recording
            stimmung features call.wav --set functionals=true
                2456 statistics of the recording, in one row
            stimmung features call.wav --set melScale=htk --format htk -o call.mfc
                an HTK file
            stimmung features call.wav --model built-in -o call.npy
                what a model decides by
            stimmung features --corpus emodb --set functionals=true -o emodb.arff
                one row for each utterance of a corpus, here as ARFF

            ARFF files of a corpus have the class as the last attribute, and CSV files are tables of audformat.

            Models of detected speech add a column of weights before the features. frames is the length of a stretch; speech is 1 or 0. Not \
            with --corpus. See docs/onnx.md.

            An output folder mirrors the input: calls/monday/a.wav becomes features/monday/a.npy. The extension is kept (a.wav.npy) where the \
            folder has several files of that name. If a recording fails, the others are still processed, and the exit status is 1.

            --set accepts the feature options of a recipe. Defaults: \(Self.optionNames).
            """)

    /// The feature options of a recipe with their defaults, except those that this command has as options. A constant, since it is part of the
    /// start of every command: as `FeatureOptions().settings` it took 3 of 38 ms of recognising one recording (AMD EPYC, Zen 4, 2026-11-26).
    static let optionNames = """
        sampleRate 16000, peak 0, highPass 0, preEmphasis 0.97, windowLength 0.025, hop 0.01, window hamming, fftSize (next power of two), \
        melScale study, warp 1, lowFrequency 0, highFrequency 8000, melBands 26, filterbankBands 40, logFloor 1e-06, relativeFloor false, \
        coefficients 13, lifter 22, pitchFloor 65, pitchCeiling 600, voicingThreshold 0.55, formantCeiling 5500, functionals false (true, or \
        {level: true, trim: 30, voiced: true, rhythm: true, lags: [] (seconds), correlations: false}), encoder (none; \
        {name: whisper-tiny, blocks: [1, 2], width: 384, pooled: (none; decibels)} of "stimmung encoder list"), deltaWindow 2
        """

    @Argument(help: ArgumentHelp("Audio or video files, or folders.", valueName: "file|folder"), completion: .file())
    var inputs: [String] = []

    @Option(
        help: ArgumentHelp("A corpus in place of recordings, for one table of all its utterances. Needs functionals.", valueName: "path"),
        completion: .file())
    var corpus: String?

    @Option(
        help: ArgumentHelp(
            """
            Kinds of features: \(names(of: FeatureKind.self)). Give several as a list, or repeat the option. (default: mfcc; with functionals \
            \(FunctionalsOptions.kinds.map(\.rawValue).joined(separator: ",")))
            """, valueName: "kind"), completion: .list(FeatureKind.allCases.map(\.rawValue)), transform: Self.kinds)
    var kind: [[FeatureKind]] = []

    @Option(help: ArgumentHelp("Take the features of a model: a file, built-in or encoder.", valueName: "model"), completion: .file())
    var model: NamedModel?

    @Option(help: ArgumentHelp("Highest order of deltas: 0, 1 or 2.", valueName: "n"))
    var deltas = 2

    @Option(help: ArgumentHelp("Other feature option; see above. May be repeated.", valueName: "name=value"))
    var set: [String] = []

    @Option(
        help: ArgumentHelp(
            "For several channels: use their mix, the first or the louder.", valueName: "channel"))
    var channels = ChannelChoice.Single.mix

    @Option(help: ArgumentHelp("Output format. (default: by the output's extension, or csv)", valueName: "format"))
    var format: FeatureFormat?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            File for one recording, or folder for one file per recording. A name without an extension is a folder. \
            (default: standard output)
            """, valueName: "file|folder"), completion: .file())
    var output: String?

    @OptionGroup var lists: ListOptions
    @OptionGroup var compute: ComputeOptions

    /// The kinds of a list such as `mfcc,pitch`.
    private static func kinds(_ list: String) throws -> [FeatureKind] {
        try list.split(separator: ",", omittingEmptySubsequences: false).map { name in
            guard let kind = FeatureKind(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
                throw ValidationError("\"\(name)\" is not a kind of feature. Give one of \(names(of: FeatureKind.self)).")
            }
            return kind
        }
    }

    func validate() throws {
        guard inputs.isEmpty == (corpus != nil) else {
            throw ValidationError(
                inputs.isEmpty
                    ? "Give recordings, or a corpus with --corpus." : "--corpus takes the place of recordings. Give one or the other.")
        }
        if corpus != nil, channels != .mix {
            throw ValidationError("--channels cannot be combined with --corpus, whose recordings are mixed.")
        }
        if model != nil, !kind.isEmpty || !set.isEmpty || deltas != 2 {
            throw ValidationError("--model has its own features, so --kind, --deltas and --set cannot be combined with it.")
        }
        guard let choice = try? OutputChoice(output) else { return }
        _ = try format(for: choice)
        guard corpus == nil, RecordingInputs(inputs).areMany, !choice.isFolder else { return }
        throw ValidationError(
            output.map { "--output is the file \($0), but several recordings need a folder. Give a folder such as \($0)/." }
                ?? "Several recordings need an output folder. Give one with --output.")
    }

    private func format(for choice: OutputChoice) throws -> FeatureFormat {
        try choice.format(format, of: FeatureFormat.allCases.map { ($0, $0.rawValue) }, default: .csv)
    }

    mutating func run() throws {
        let choice = try OutputChoice(output)
        let format = try format(for: choice)
        try choice.check(inputs: inputs.filter { !isFolder($0) } + [corpus])
        let recordings = RecordingInputs(inputs)
        let source = try FeatureSource(model: model, options: options)
        if let corpus { return try writeTable(of: corpus, source.ofUtterances, to: choice, format) }
        if Processes.joined.areSeveral, !choice.isFolder {
            throw ValidationError("One recording is the work of one process. Start it without mpirun.")
        }
        try source.requireSuitable(format)
        if case .folder(let path) = choice { return try writeAll(recordings, source, FeatureFolder(path: path, format: format)) }
        let (data, warnings) = try source.data(of: segment(inputs[0]), format: format)
        for warning in warnings { printToStandardError(message(warning, about: inputs[0])) }
        if case .file(let path) = choice {
            try FeatureWriter.write(data, to: path)
        } else {
            try StandardOutput.write(data)
        }
    }

    func segment(_ path: String) -> AudioSegment { AudioSegment(path: path, channel: channels.selection) }

    func message(_ warning: RecordingWarning, about path: String) -> String {
        "stimmung: warning: \(path): \(warning.message)".printable
    }

    private func options() throws -> FeatureOptions {
        var options = FeatureOptions(deltas: deltas)
        do { try options.set(set) } catch { throw ValidationError(userMessage(for: error)) }
        if !kind.isEmpty {
            options.kinds = kind.flatMap(\.self)
        } else if options.functionals != nil && !set.contains(where: { $0.hasPrefix("kinds=") }) {
            options.kinds = FunctionalsOptions.kinds
        }
        return options
    }
}
