import StimmungFeatures
import StimmungSupport
import StimmungTensors

/// An error of speech activity detection.
public enum SpeechError: StimmungError, Equatable {
    /// An option has an invalid value.
    case option(name: String, value: String, allowed: String)
    /// A recording cannot be read, or a sample is not finite.
    case features(FeatureError)
    /// A model file cannot be read or written, or an entry is missing.
    case file(SafetensorsError)
    /// The safetensors file is not a speech activity model. `reason` is a clause.
    case notAModel(file: String, reason: String)
    /// The model is of the format version `found`, which this version of the package does not support.
    case otherVersion(file: String, found: String)

    public var code: String {
        switch self {
        case .option: "speech.option"
        case .features(let error): error.code
        case .file: "speech.file"
        case .notAModel: "speech.not-a-model"
        case .otherVersion: "speech.other-version"
        }
    }

    public var description: String {
        switch self {
        case .option(let name, let value, let allowed): "Option \(name) is \(value); allowed: \(allowed)."
        case .features(let error): error.description
        case .file(let error): error.description
        case .notAModel(let file, let reason): "\(file) is not a speech activity model: \(reason)."
        case .otherVersion(let file, let found):
            """
            \(file) has the speech activity format \(found), and this version reads format \(SpeechModel.format). Train the model again, \
            or use the version that wrote it.
            """
        }
    }
}
