import ArgumentParser
import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungSupport

struct FeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Computes the features of recordings and writes them.",
        discussion: """
            stimmung features call.wav                                        39 MFCC a frame as CSV on standard output
            stimmung features calls/ --kind fbank --deltas 0 --format npy -o features/
            stimmung features call.wav --set functionals=true                 2456 statistics of the whole recording, one row
            stimmung features call.wav --set melScale=htk --set lifter=0 --format htk -o call.mfc

            The options of --set and their defaults are those of a recipe's features: \(Self.optionNames).
            """)

    /// Every option of a recipe's features with its default, but those that are options of this command.
    private static let optionNames = {
        var options = FeatureOptions()
        options.fftSize = options.transformSize
        options.functionals = FunctionalsOptions()
        return options.settings.filter { !["kinds", "deltas"].contains($0.name) }.map { name, value in
            switch name {
            case "fftSize": "fftSize (next power of two)"
            case "functionals": "functionals false (true, or \(value.replacing("lags: []", with: "lags: [] (seconds)")))"
            default: "\(name) \(value)"
            }
        }.joined(separator: ", ")
    }()

    @Argument(help: ArgumentHelp("Audio or video files, or folders.", valueName: "file|folder"))
    var inputs: [String]

    @Option(
        help: ArgumentHelp(
            """
            \(names(of: FeatureKind.self)); several are joined in the order given. (default: mfcc; with functionals \
            \(FunctionalsOptions.kinds.map(\.rawValue).joined(separator: ", ")))
            """, valueName: "kind"))
    var kind: [FeatureKind] = []

    @Option(help: "Orders of deltas: 0, 1 or 2.")
    var deltas = 2

    @Option(help: ArgumentHelp("Any other option, as name=value.", valueName: "name=value"))
    var set: [String] = []

    @Option(help: ArgumentHelp("\(names(of: FeatureFormat.self)).", valueName: "format"))
    var format = FeatureFormat.csv

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A file, or for several recordings a folder. (default: standard output)", valueName: "file|folder"))
    var output: String?

    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        if output == nil, inputs.count > 1 || inputs.contains(where: isFolder) {
            throw ValidationError("Several recordings need a folder to write to: give --output.")
        }
    }

    mutating func run() throws {
        var options = FeatureOptions(deltas: deltas)
        do { try options.set(set) } catch { throw ValidationError(userMessage(for: error)) }
        if !kind.isEmpty {
            options.kinds = kind
        } else if options.functionals != nil && !set.contains(where: { $0.hasPrefix("kinds=") }) {
            options.kinds = FunctionalsOptions.kinds
        }
        let frontEnd = try FrontEnd(options)
        let (recordings, unreadable) = try recordings()
        let files = recordings.map(\.file)
        let isMany = files.count > 1 || inputs.contains(where: isFolder)
        // Of a folder of outputs the files are compared one by one, when they are known.
        try checkOutputs(files: isMany ? [] : [output], folders: isMany ? [output] : [], inputs: files)
        guard isMany else {
            let frames = try frontEnd.features(of: AudioSegment(path: files[0]))
            if let output {
                try FeatureWriter.write(frames, options, to: output, format: format)
            } else {
                try StandardOutput.write(FeatureWriter.data(frames, options, format: format))
            }
            return
        }
        guard let output else { return }
        try writeAll(recordings, frontEnd, folder: output)
        if unreadable > 0 { throw ExitCode(1) }
    }

    /// The recordings, and how many paths below the folders could not be read, which are named on standard error.
    private func recordings() throws -> ([Recording], unreadable: Int) {
        var recordings: [Recording] = []
        var unreadable = 0
        var passedOver = PassedOver()
        for input in inputs {
            guard isFolder(input) else {
                recordings.append(Recording(file: input, root: nil))
                continue
            }
            var walk = try AudioFile.walk(folder: input)
            let before = recordings.count + unreadable
            while let item = walk.next() {
                switch item {
                case .file(let path): recordings.append(Recording(file: walk.path(of: path), root: input))
                case .problem(let problem):
                    printToStandardError("stimmung: \("\(AudioError(problem))".printable)")
                    unreadable += 1
                }
            }
            if recordings.count + unreadable == before { throw AudioError.noAudioFiles(folder: input) }
            passedOver.add(walk.passedOver)
        }
        if !compute.quiet, let sentence = passedOver.sentence { printToStandardError(sentence) }
        return (recordings, unreadable)
    }

    /// An audio file, and the folder given in which it was found.
    private struct Recording {
        let file: String
        let root: String?
    }

    private func writeAll(_ recordings: [Recording], _ frontEnd: FrontEnd, folder: String) throws {
        let files = recordings.map(\.file)
        let targets = try targets(of: recordings, folder: folder)
        let cancellation = signalCancellation
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        let format = format
        let counter = Counter()
        compute.workers.forEach(files.count) { index in
            guard !cancellation.isCancelled else { return }
            do {
                let frames = try frontEnd.features(of: AudioSegment(path: files[index]))
                try Files.makeFolder(StimmungSupport.folder(of: targets[index]))
                try FeatureWriter.write(frames, frontEnd.options, to: targets[index], format: format)
            } catch {
                progress.complain("stimmung: \("\(error)".printable)")
                counter.addFailure()
            }
            progress.update("features", counter.addDone(), of: files.count)
        }
        if cancellation.isCancelled { throw Cancelled() }
        if counter.failures > 0 {
            progress.finish()
            throw CommandFailure("\(counter.failures) of \(files.count) files failed")
        }
    }

    /// Where each file's features go: its path below the given folder, or its name, with the format's ending.
    private func targets(of recordings: [Recording], folder: String) throws -> [String] {
        let targets = recordings.map { recording in
            let file = recording.file
            let below = recording.root.flatMap { relativePath(file, below: $0) } ?? fileName(of: file)
            return joined(joined(folder, StimmungSupport.folder(of: below)), "\(stem(of: below)).\(format.rawValue)")
        }
        if let twice = Dictionary(grouping: targets.indices, by: { PathKey(targets[$0]) }).values.first(where: { $0.count > 1 }) {
            throw CommandFailure(
                "\(recordings[twice[0]].file) and \(recordings[twice[1]].file) would both be written to \(targets[twice[0]]): give them to separate calls"
            )
        }
        for (recording, target) in zip(recordings, targets) where Files.Identity(path: target) != nil {
            try checkOutputs(files: [target], inputs: [recording.file])
        }
        return targets
    }
}
