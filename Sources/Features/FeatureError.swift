import StimmungAudio
import StimmungSupport

/// Why features could not be computed or written.
public enum FeatureError: StimmungError, Equatable {
    /// An option has a value that cannot be used.
    case option(name: String, value: String, allowed: String)
    /// The recording could not be read.
    case audio(AudioError)
    /// The recording has fewer samples than one frame.
    case tooShort(file: String?, samples: Int, needed: Int)
    /// All samples of the recording are zero.
    case silent(file: String?)
    /// A sample is not finite; counted from 0, the start of the recording.
    case notFinite(file: String?, sample: Int)
    /// The features cannot be held by the file format.
    case unsuitable(format: FeatureFormat, reason: String)
    /// The file could not be written.
    case unwritable(file: String, reason: String)

    public var code: String {
        switch self {
        case .option: "features.option"
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
            "Option \(name) is \(value); allowed is \(allowed)."
        case .audio(let error):
            error.description
        case .tooShort(let file, let samples, let needed):
            "\(subject(file)) is too short: it has \(samples) samples, and the features need \(needed). Give a longer recording."
        case .silent(let file):
            "\(subject(file)) is silent: all its samples are zero. Check the microphone or the channel it was recorded from."
        case .notFinite(let file, let sample):
            "\(subject(file)) has a sample that is not a finite number, or far out of the range −1 … 1, at position \(sample). Write the recording anew."
        case .unsuitable(let format, let reason):
            "The features do not fit the format \(format.rawValue): \(reason)."
        case .unwritable(let file, let reason):
            "\(file) cannot be written: \(reason). Check the folder and the space on the disk."
        }
    }

    private func subject(_ file: String?) -> String {
        file ?? "The recording"
    }

    /// The same error with the name of the file that it is about.
    func naming(_ file: String) -> FeatureError {
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
