import ArgumentParser
import StimmungCorpora

// A file of its own: every command with a corpus has these options.

/// How lists of recordings are read.
struct ListOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of the recordings of a list. Recordings that do not exist under their listed paths are found below it by name.",
            valueName: "folder"),
        completion: .directory)
    var audio: String?

    @Option(
        help: ArgumentHelp("Leave out labels of an audformat database with a lower confidence, 0 to 1.", valueName: "x"))
    var minConfidence: Double?

    var reading: CorpusReading { CorpusReading(audio: audio, leastConfidence: minConfidence) }

    func validate() throws {
        if let minConfidence, !(0...1).contains(minConfidence) {
            throw ValidationError("--min-confidence is \(minConfidence); it must be 0 to 1.")
        }
    }
}
