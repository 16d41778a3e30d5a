import Foundation
import Stimmung
import StimmungAudio
import StimmungFeatures

/// What `stimmung features` computes of a recording.
enum FeatureSource {
    /// What the options of the front end describe.
    case frontEnd(FrontEnd)
    /// The input of a model of detected speech.
    case speech(Recogniser)

    /// - Parameter model: nil for the options.
    init(model: NamedModel?, options: () throws -> FeatureOptions) throws {
        guard let model else {
            self = .frontEnd(try FrontEnd(options()))
            return
        }
        let opened = try model.open()
        guard opened.recipe.speech == .detected else {
            self = .frontEnd(try FrontEnd(opened.recipe.features))
            return
        }
        var recogniser = try Recogniser(opened)
        recogniser.cancellation = signalCancellation
        self = .speech(recogniser)
    }

    /// The front end of whole utterances, as models are trained on.
    var ofUtterances: FrontEnd {
        get throws {
            switch self {
            case .frontEnd(let frontEnd): frontEnd
            case .speech(let recogniser): try FrontEnd(recogniser.model.recipe.features)
            }
        }
    }

    /// - Throws: `FeatureError.unsuitable` if the format cannot represent the features of any recording.
    func requireSuitable(_ format: FeatureFormat) throws {
        if case .speech = self { try FeatureWriter.requireWeights(in: format) }
    }

    /// The contents of a file of the features.
    ///
    /// - Throws: `FeatureError`, `Cancelled`.
    func data(of recording: AudioSegment, format: FeatureFormat) throws -> (data: Data, warnings: [RecordingWarning]) {
        switch self {
        case .frontEnd(let frontEnd):
            let (features, warnings) = try frontEnd.featuresWithWarnings(of: recording, cancellation: signalCancellation)
            return (try FeatureWriter.data(features, frontEnd.options, format: format), warnings)
        case .speech(let recogniser):
            let (rows, warnings) = try recogniser.judgedRows(of: recording)
            return (try FeatureWriter.data(rows, recogniser.model.recipe.features, format: format), warnings)
        }
    }
}
