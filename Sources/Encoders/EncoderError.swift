import StimmungSupport
import StimmungTensors

/// An error in reading or using a speech encoder.
public enum EncoderError: StimmungError, Equatable {
    /// The file cannot be read, or a tensor or metadata entry is missing or malformed.
    case file(SafetensorsError)
    /// The safetensors file is not a speech encoder. `reason` is a clause.
    case notAnEncoder(file: String, reason: String)
    /// The encoder file has the format version `found`, which this version of the package does not support.
    case otherVersion(file: String, found: String)
    /// No encoder of this name is installed. `file` is where it would be.
    case notInstalled(name: String, file: String)
    /// A block is needed that the encoder file does not hold.
    case missingBlock(name: String, block: Int, held: Int)
    /// The installed encoder has other weights than the one that a model was trained with.
    case otherWeights(name: String, file: String, found: String, expected: String)

    public var code: String {
        switch self {
        case .file: "encoder.file"
        case .notAnEncoder: "encoder.not-an-encoder"
        case .otherVersion: "encoder.other-version"
        case .notInstalled: "encoder.not-installed"
        case .missingBlock: "encoder.missing-block"
        case .otherWeights: "encoder.other-weights"
        }
    }

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .notAnEncoder(let file, let reason): "\(file) is not a speech encoder: \(reason). Install the encoder again."
        case .otherVersion(let file, let found):
            """
            \(file) has the encoder format \(found), and this version reads format \(WhisperWeights.format). Install the encoder again.
            """
        case .notInstalled(let name, let file): "The speech encoder \(name) is not installed: there is no file \(file)."
        case .missingBlock(let name, let block, let held):
            """
            The speech encoder \(name) was installed with \(held) \(held == 1 ? "block" : "blocks"), and block \(block) is needed. Install it \
            with more blocks.
            """
        case .otherWeights(let name, let file, let found, let expected):
            """
            The model was trained with other weights of the speech encoder \(name): it needs \(expected), and \(file) has \(found). Install \
            that encoder, or train the model again.
            """
        }
    }
}
