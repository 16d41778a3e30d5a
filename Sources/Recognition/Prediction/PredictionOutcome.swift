import StimmungSupport

/// The outcome for one recording: a prediction, or the reason why there is none.
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

    /// The channel, counted from 1, where every channel is a recording of its own; otherwise nil.
    public var channel: Int? {
        switch self {
        case .success(let prediction): prediction.channel
        case .failure(let failure): failure.channel
        }
    }
}

/// Why a recording has no prediction.
public struct PredictionFailure: Error, CustomStringConvertible {
    /// Name of the recording, as the user gave it.
    public let file: String
    /// The channel, counted from 1, where every channel is a recording of its own; otherwise nil.
    public let channel: Int?
    /// The cause, as a rule a `StimmungError`.
    public let error: any Error
    /// A sentence that the caller adds to the description of the error.
    package var remedy: String?

    /// A failure of one recording.
    ///
    /// - Parameters:
    ///   - file: name of the recording.
    ///   - channel: the channel, counted from 1, where every channel is a recording of its own.
    ///   - error: the cause.
    public init(file: String, channel: Int? = nil, error: any Error) {
        self.file = file
        self.channel = channel
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
        a.file == b.file && a.channel == b.channel && a.code == b.code && a.description == b.description
    }
}
