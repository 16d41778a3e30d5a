import StimmungSupport

/// Errors of safetensors files. Every case names the file.
public enum SafetensorsError: StimmungError, Equatable {
    /// The file cannot be opened or read.
    case unreadable(file: String, reason: String)
    /// The file cannot be written; nothing was left behind.
    case unwritable(file: String, reason: String)
    /// The bytes do not follow the layout.
    case malformed(file: String, reason: String)
    /// A tensor has numbers of another type than F32.
    case unsupportedType(file: String, tensor: String, type: String)
    /// The header's metadata lack an entry that is needed.
    case missingMetadata(file: String, key: String)
    /// A tensor that is needed is not there.
    case missingTensor(file: String, tensor: String)
    /// A tensor has another shape than is needed.
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
            "\(file) cannot be read: \(reason). Check the path and that you may read it."
        case .unwritable(let file, let reason):
            AtomicFile.Failure(path: file, reason: reason).description
        case .malformed(let file, let reason):
            "\(file) is not a sound safetensors file: \(reason). It may be cut short or damaged; fetch or write it anew."
        case .unsupportedType(let file, let tensor, let type):
            "\(file): tensor \(tensor.jsonQuoted) has numbers of type \(type.jsonQuoted), and only F32 is read. Convert it to 32-bit floats."
        case .missingMetadata(let file, let key):
            "\(file) has no entry \(key.jsonQuoted) in its metadata. It was not written as a file of this kind; check that it is the right one."
        case .missingTensor(let file, let tensor):
            "\(file) has no tensor \(tensor.jsonQuoted). It was not written as a file of this kind; check that it is the right one."
        case .wrongShape(let file, let tensor, let shape, let expected):
            "\(file): tensor \(tensor.jsonQuoted) has shape \(shape), expected is \(expected). Its metadata and its tensors do not belong together."
        }
    }
}
