import StimmungAudio
import StimmungFeatures

/// An input of a batch: a recording, or the reason why there is none, such as a folder without audio files.
public enum BatchInput: Sendable {
    /// A recording to recognise.
    case recording(Recording)
    /// An input without a recording; the failure becomes its outcome.
    case failed(PredictionFailure)

    /// What a batch recognises of a recording with several channels.
    public enum Channels: Sendable, Hashable {
        /// One selection, as one recording.
        case one(ChannelSelection)
        /// Every channel as a recording of its own. Their outcomes follow one another and name the channel, that of a mono file too.
        case each
    }

    /// A recording to recognise.
    public struct Recording: Sendable, Equatable {
        /// The path of a file in any format that `AudioReader` reads.
        public var path: String
        /// The name in predictions (`Prediction.file`), such as `-` for standard input.
        public var name: String
        /// The name in errors, such as `standard input`.
        public var title: String
        /// What to recognise of several channels.
        public var channels = Channels.one(.mix)
        /// A name that no other recording of the batch has, for files of results.
        package var resultName: String?

        /// A recording to recognise, with its names.
        ///
        /// - Parameters:
        ///   - path: the path of a file.
        ///   - name: the name in predictions; nil for the path.
        ///   - title: the name in errors; nil for the name in predictions.
        public init(path: String, name: String? = nil, title: String? = nil) {
            self.path = path
            self.name = name ?? path
            self.title = title ?? name ?? path
        }
    }

    var recording: Recording? { if case .recording(let recording) = self { recording } else { nil } }
}

extension BatchInput.Recording {
    /// The same error with the title, and the channel where there is one, in place of the path.
    package func naming(_ error: any Error, channel: Int?) -> any Error {
        let title = titled(title, channel: channel)
        guard title != path else { return error }
        switch error {
        case let error as AudioError: return error.naming(title, insteadOf: path)
        case FeatureError.audio(let error): return FeatureError.audio(error.naming(title, insteadOf: path))
        case FeatureError.tooShort(path, let samples, let needed):
            return FeatureError.tooShort(file: title, samples: samples, needed: needed)
        case FeatureError.silent(path): return FeatureError.silent(file: title)
        case FeatureError.notFinite(path, let sample): return FeatureError.notFinite(file: title, sample: sample)
        case let error as RecogniserError: return error.naming(title)
        default: return error
        }
    }
}
