import StimmungSupport

/// What became of one recording: a prediction, or why there is none.
public enum PredictionOutcome: Sendable, Equatable {
    case success(Prediction)
    case failure(PredictionFailure)

    /// The recording.
    public var file: String {
        switch self {
        case .success(let prediction): prediction.file
        case .failure(let failure): failure.file
        }
    }
}

/// Why a recording has no prediction.
public struct PredictionFailure: Error, CustomStringConvertible {
    /// The recording, as it was named by the user.
    public let file: String
    public let error: any Error
    /// A sentence that the caller adds to the description of the error.
    package var remedy: String?

    public init(file: String, error: any Error, remedy: String? = nil) {
        self.file = file
        self.error = error
        self.remedy = remedy
    }

    /// The error's code, where it has one.
    public var code: String? { (error as? any StimmungError)?.code }

    public var description: String {
        "\(error)" + (remedy.map { " " + $0 } ?? "")
    }
}

extension PredictionFailure: Equatable {
    public static func == (a: PredictionFailure, b: PredictionFailure) -> Bool {
        a.file == b.file && a.code == b.code && a.description == b.description
    }
}
