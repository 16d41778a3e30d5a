import ArgumentParser
import Foundation
import StimmungCorpora
import StimmungFigures
import StimmungReports
import StimmungSupport

/// What `inspect` pictures, and into which folder.
struct PictureOptions: ParsableArguments {
    @Option(
        name: .customLong("pictures"),
        help: ArgumentHelp(
            "Write SVG pictures of the lowest machine into this folder, which is made where it is missing.", valueName: "folder"))
    var folder: String?

    @Option(help: ArgumentHelp("The recording to show. (default: the corpus's first utterance)", valueName: "file"))
    var recording: String?

    @Option(
        help: ArgumentHelp("The corpus whose mean and deviation standardise the recording: a folder or a CSV manifest.", valueName: "path"))
    var corpus: String?

    @Option(help: ArgumentHelp("Hidden units to show, those that tell most.", valueName: "n"))
    var units = 32

    @Option(
        help: ArgumentHelp(
            "Length of the recording that the machine continues from. (default: 1, or half of a shorter recording)",
            valueName: "seconds"))
    var after: Double?

    @Option(help: ArgumentHelp("Fixes what the machine draws.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        if folder == nil, recording != nil || corpus != nil || after != nil {
            throw ValidationError("--recording, --corpus and --after are for pictures: give --pictures.")
        }
        if !(1...256).contains(units) { throw ValidationError("--units is \(units); allowed is 1 to 256.") }
        if let after, !(after > 0 && after.isFinite) { throw ValidationError("--after is \(after); allowed are seconds above 0.") }
    }

    /// Draws everything, then writes it, and says what each file shows.
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
        let corpus = try corpus.map { try Corpus.open(path: $0) }
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

/// Writes pictures into a folder, which is made where it is missing, and says what each file shows.
func writePictures(_ pictures: [Picture], to folder: String) throws {
    do {
        try Files.makeFolder(folder)
    } catch { throw CommandFailure("the folder \(folder) cannot be made: \(error.reason)") }
    for picture in pictures { try StandardOutput.line("\(try picture.write(folder: folder)): \(picture.shows)") }
}

/// Why pictures are missing, and where what a model lacks can be had.
private func sentence(for reason: MachinePictures.LeftOut) -> String {
    switch reason {
    case .learningOfAModel, .framesOfAModel: reason.description.dropLast() + "; give the file of \"stimmung pretrain\"."
    case .framesWithoutRecording, .continuationOfOrderZero: reason.description
    }
}
