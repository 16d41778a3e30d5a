import StimmungSupport

/// Why a recording that can be read is not recognised.
public enum RecogniserError: Equatable {
    /// The network's outputs are infinite or no numbers.
    case notFinite(file: String)
    /// The model's normalisation compares recordings of one speaker, and there is one only.
    case needsOtherRecordings(file: String)
}

extension RecogniserError: StimmungError {
    public var code: String {
        switch self {
        case .notFinite: "recogniser.not-finite"
        case .needsOtherRecordings: "recogniser.needs-other-recordings"
        }
    }

    public var description: String {
        switch self {
        case .notFinite(let file):
            "\(file): the model's outputs for it are no numbers, so its weights are of no use. Train the model anew, with a lower learning rate."
        case .needsOtherRecordings(let file):
            "\(file): the model judges a recording by how it differs from others of the same speaker, which a single one does not tell."
        }
    }

    /// The same error about a recording that is called otherwise.
    func naming(_ name: String) -> RecogniserError {
        switch self {
        case .notFinite: .notFinite(file: name)
        case .needsOtherRecordings: .needsOtherRecordings(file: name)
        }
    }
}
