import ArgumentParser
import Foundation
import Stimmung
import StimmungAudio
import StimmungReports
import StimmungSupport

/// The option `--picture` of `predict`.
struct TimelinePictureOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("Also draw the timeline of one recording as SVG. Implies --timeline.", valueName: "file"),
        completion: .file(extensions: ["svg"]))
    var picture: String?

    /// Draws a prediction with its timeline.
    ///
    /// - Parameters:
    ///   - recording: the audio of the waveform.
    ///   - classes: in the order of the model.
    func write(_ prediction: Prediction, of recording: AudioSegment, classes: [String]) throws {
        guard let picture else { return }
        let drawn = try TimelinePicture(prediction, classes: classes).draw(recording, name: fileName(of: picture))
        try AtomicFile.write(Data(drawn.svg.utf8), to: picture)
    }
}
