import ArgumentParser
import Foundation
import Stimmung
import StimmungAudio
import StimmungReports
import StimmungSupport

/// `--picture` of `predict`.
struct TimelinePictureOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("Write the timeline of one recording as an SVG picture.", valueName: "file"),
        completion: .file(extensions: ["svg"]))
    var picture: String?

    /// Writes the picture of a recording.
    ///
    /// - Parameters:
    ///   - recording: where its audio is read from.
    ///   - classes: in the order of the model.
    func write(_ prediction: Prediction, of recording: AudioSegment, classes: [String]) throws {
        guard let picture else { return }
        let name = picture.split(separator: "/").last.map(String.init) ?? picture
        let drawn = try TimelinePicture(prediction, classes: classes).draw(recording, name: name)
        try AtomicFile.write(Data(drawn.svg.utf8), to: picture)
    }
}
