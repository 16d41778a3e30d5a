import StimmungSupport
import StimmungTensors

/// An error in enrolling, reading or using a voice.
public enum VoiceError: Equatable {
    /// The file cannot be read or written, or a tensor or metadata entry is missing or malformed.
    case file(SafetensorsError)
    /// The safetensors file is not a voice. `reason` is a clause.
    case notAVoice(file: String, reason: String)
    /// The voice file has the format version `found`, which this version of the package does not support.
    case otherVersion(file: String, found: String)
    /// The voice was enrolled for the features of one recipe, and the model has those of another.
    case otherFeatures(voice: String, model: String)
    /// The mean of a feature is farther from that of the training speakers than any voice.
    case implausible(voice: String, column: Int)
    /// The model does not standardise features by its training data, so there is nothing to move.
    case notUsable(model: String, normalisation: String)
    /// There is no speech in what was to be enrolled.
    case noSpeech(recordings: Int)
}

extension VoiceError: StimmungError {
    public var code: String {
        switch self {
        case .file: "voice.file"
        case .notAVoice: "voice.not-a-voice"
        case .otherVersion: "voice.other-version"
        case .otherFeatures: "voice.other-features"
        case .implausible: "voice.implausible"
        case .notUsable: "voice.not-usable"
        case .noSpeech: "voice.no-speech"
        }
    }

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .notAVoice(let file, let reason): "\(file) is not a voice: \(reason)."
        case .otherVersion(let file, let found):
            "\(file) has the voice format \(found), and this version reads format \(Voice.format). Enrol the voice again."
        case .otherFeatures(let voice, let model) where voice == model:
            "The voice was enrolled for another version of the recipe \(voice), with other features. Enrol it again with this model."
        case .otherFeatures(let voice, let model):
            "The voice was enrolled for the features of \(voice), and the model has those of \(model). Enrol it again with this model."
        case .implausible(let voice, let column):
            "The voice for \(voice) cannot be that of a person: feature \(column + 1) is more than 1000 standard deviations away. Enrol it again."
        case .notUsable(let model, let normalisation):
            "The model \(model) cannot use a voice: its normalisation is \(normalisation), and voices need train."
        case .noSpeech(let recordings):
            "There is no speech to enrol in \(recordings == 1 ? "the recording" : "the \(recordings) recordings"). Use a recording in which the person speaks."
        }
    }
}
