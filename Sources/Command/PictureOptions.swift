import ArgumentParser
import Foundation
import StimmungCorpora
import StimmungFigures
import StimmungReports
import StimmungSupport

/// The pictures of `inspect`, and their folder.
struct PictureOptions: ParsableArguments {
    @Option(
        name: .customLong("pictures"),
        help: ArgumentHelp(
            "Folder for SVG pictures of the lowest machine; created if missing.", valueName: "folder"), completion: .directory)
    var folder: String?

    @Option(
        help: ArgumentHelp("Recording to show. (default: the first utterance of the corpus)", valueName: "file"), completion: .file())
    var recording: String?

    @Option(
        help: ArgumentHelp("Corpus for the mean and deviation of the features: a folder or a CSV manifest.", valueName: "path"),
        completion: .file())
    var corpus: String?

    @OptionGroup var lists: ListOptions

    @Option(help: ArgumentHelp("Number of hidden units to show, the most informative ones.", valueName: "n"))
    var units = 32

    @Option(
        help: ArgumentHelp(
            "Start of the machine's continuation. (default: 1, or half of a shorter recording)",
            valueName: "seconds"))
    var after: Double?

    @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        if corpus == nil, lists.audio != nil || lists.minConfidence != nil {
            throw ValidationError("--audio and --min-confidence need --corpus.")
        }
        if folder == nil, recording != nil || corpus != nil || after != nil {
            throw ValidationError("--recording, --corpus and --after need --pictures.")
        }
        if !(1...256).contains(units) { throw ValidationError("--units is \(units); it must be 1 to 256.") }
        if let after, !(after > 0 && after.isFinite) { throw ValidationError("--after is \(after); it must be above 0 seconds.") }
    }

    /// Draws all pictures, then writes them and prints what each shows.
    func write(_ machine: MachinePictures, to folder: String) throws {
        var pictures = machine
        pictures.units = units
        pictures.after = after
        pictures.seed = seed
        pictures.recording = try recorded(machine)
        let (drawn, leftOut) = try pictures.draw()
        try writePictures(drawn, to: folder)
        if !compute.quiet { for reason in leftOut { printToStandardError(sentence(for: reason)) } }
    }

    private func recorded(_ machine: MachinePictures) throws -> RecordedFrames? {
        let corpus = try corpus.map { try Corpus.open(path: $0, lists.reading) }
        let utterance: Utterance
        if let recording {
            let wanted = Files.Identity(path: recording)
            let known = corpus?.utterances.first { wanted != nil && Files.Identity(path: $0.file) == wanted }
            utterance = known ?? Utterance(file: recording, speaker: "", emotion: "")
        } else if let corpus {
            guard let first = corpus.utterances.first else { throw ReportError.emptyCorpus(corpus.name) }
            utterance = first
        } else {
            return nil
        }
        return try RecordedFrames(
            utterance, recipe: machine.recipe, reference: .init(model: machine.normaliser, corpus: corpus), workers: compute.workers,
            cancellation: signalCancellation)
    }

}

/// Writes pictures into a folder, which is created if missing, and prints what each shows.
func writePictures(_ pictures: [Picture], to folder: String) throws {
    do {
        try Files.makeFolder(folder)
    } catch { throw CommandFailure("cannot create the folder \(folder): \(error.reason)") }
    for picture in pictures { try StandardOutput.line("\(try picture.write(folder: folder)): \(picture.shows)") }
}

/// Why pictures are missing, and which file has what a model lacks.
private func sentence(for reason: MachinePictures.LeftOut) -> String {
    switch reason {
    case .learningOfAModel, .framesOfAModel: reason.description + " Give a file that \"stimmung pretrain\" wrote."
    case .framesWithoutRecording, .continuationOfOrderZero: reason.description
    }
}
