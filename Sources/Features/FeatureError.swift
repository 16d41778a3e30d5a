import StimmungAudio
import StimmungEncoders
import StimmungSupport

/// An error in computing or writing features.
public enum FeatureError: StimmungError, Equatable {
    /// An option has an invalid value.
    case option(name: String, value: String, allowed: String)
    /// The speech encoder cannot be used.
    case encoder(EncoderError)
    /// The recording could not be read.
    case audio(AudioError)
    /// The recording is shorter than one frame, or than 0.3 seconds with functionals.
    case tooShort(file: String?, samples: Int, needed: Int)
    /// All samples of the recording are zero, or equal if the options have a high-pass.
    case silent(file: String?)
    /// A sample is not finite, or far out of range; `sample` counts from 0, the start of the recording.
    case notFinite(file: String?, sample: Int)
    /// The file format cannot represent the features.
    case unsuitable(format: FeatureFormat, reason: String)
    /// The file could not be written.
    case unwritable(file: String, reason: String)

    public var code: String {
        switch self {
        case .option: "features.option"
        case .encoder(let error): error.code
        case .audio(let error): error.code
        case .tooShort: "features.too-short"
        case .silent: "features.silent"
        case .notFinite: "features.not-finite"
        case .unsuitable: "features.unsuitable"
        case .unwritable: "features.unwritable"
        }
    }

    public var description: String {
        switch self {
        case .option(let name, let value, let allowed):
            "Option \(name) is \(value); allowed: \(allowed)."
        case .encoder(let error):
            error.description
        case .audio(let error):
            error.description
        case .tooShort(let file, let samples, let needed):
            "\(subject(file)) is too short: it has \(counted(samples, "sample")); the features need at least \(needed). Use a longer recording."
        case .silent(let file):
            "\(subject(file)) is silent: all its samples are equal. Check the microphone or the recorded channel."
        case .notFinite(let file, let sample):
            "\(subject(file)): sample \(sample) is not a finite number or is far outside the range −1 … 1. Export the recording again."
        case .unsuitable(let format, let reason):
            "The format \(format.rawValue) cannot represent these features: \(reason)."
        case .unwritable(let file, let reason):
            "\(file) cannot be written: \(reason). Check the folder and the free disk space."
        }
    }

    private func subject(_ file: String?) -> String {
        file ?? "The recording"
    }

    /// The same error with the name of the file.
    package func naming(_ file: String) -> FeatureError {
        switch self {
        case .tooShort(_, let samples, let needed): .tooShort(file: file, samples: samples, needed: needed)
        case .silent: .silent(file: file)
        case .notFinite(_, let sample): .notFinite(file: file, sample: sample)
        default: self
        }
    }
}

extension FeatureError: UsageError {
    package var isUsage: Bool {
        switch self {
        case .option: true
        case .audio(let error): error.isUsage
        default: false
        }
    }
}
