import StimmungSupport

/// Errors of safetensors files. Every case names the file.
public enum SafetensorsError: StimmungError, Equatable {
    /// The file cannot be opened or read.
    case unreadable(file: String, reason: String)
    /// The file cannot be written; no partial file is left behind.
    case unwritable(file: String, reason: String)
    /// The file is not a valid safetensors file.
    case malformed(file: String, reason: String)
    /// The type of a tensor is not F32 or BF16.
    case unsupportedType(file: String, tensor: String, type: String)
    /// A required metadata entry is missing.
    case missingMetadata(file: String, key: String)
    /// A required tensor is missing.
    case missingTensor(file: String, tensor: String)
    /// A tensor does not have the required shape.
    case wrongShape(file: String, tensor: String, shape: [Int], expected: [Int])

    public var code: String {
        switch self {
        case .unreadable: "tensors.unreadable"
        case .unwritable: "tensors.unwritable"
        case .malformed: "tensors.malformed"
        case .unsupportedType: "tensors.unsupported-type"
        case .missingMetadata: "tensors.missing-metadata"
        case .missingTensor: "tensors.missing-tensor"
        case .wrongShape: "tensors.wrong-shape"
        }
    }

    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file) cannot be read: \(reason). Check the path and its permissions."
        case .unwritable(let file, let reason):
            AtomicFile.Failure(path: file, reason: reason).description
        case .malformed(let file, let reason):
            "\(file) is not a valid safetensors file: \(reason). It may be truncated or damaged; download or create it again."
        case .unsupportedType(let file, let tensor, let type):
            "\(file): tensor \(tensor.jsonQuoted) has type \(type.jsonQuoted); only F32 and BF16 are supported. Convert it to 32-bit floats."
        case .missingMetadata(let file, let key):
            "\(file) has no metadata entry \(key.jsonQuoted). It was written for another purpose; check that it is the right file."
        case .missingTensor(let file, let tensor):
            "\(file) has no tensor \(tensor.jsonQuoted). It was written for another purpose; check that it is the right file."
        case .wrongShape(let file, let tensor, let shape, let expected):
            "\(file): tensor \(tensor.jsonQuoted) has shape \(shape) instead of \(expected). The file's metadata and tensors do not match."
        }
    }
}
