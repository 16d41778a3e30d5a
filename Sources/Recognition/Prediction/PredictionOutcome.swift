import StimmungSupport

/// What became of one recording: a prediction, or why there is none.
public enum PredictionOutcome: Sendable, Equatable {
    /// The recording was recognised.
    case success(Prediction)
    /// The recording could not be read or recognised.
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
    /// The cause, as a rule a `StimmungError`.
    public let error: any Error
    /// A sentence that the caller adds to the description of the error.
    package var remedy: String?

    /// A failure of one recording.
    ///
    /// - Parameters:
    ///   - file: name of the recording.
    ///   - error: the cause.
    public init(file: String, error: any Error) {
        self.file = file
        self.error = error
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
