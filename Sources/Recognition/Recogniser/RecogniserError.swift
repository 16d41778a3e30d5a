import StimmungSupport

/// Why a recording that can be read is not recognised.
public enum RecogniserError: Equatable {
    /// The model's outputs are infinite or NaN.
    case notFinite(file: String)
    /// The model's normalisation compares several recordings of a speaker, and there is only one.
    case needsOtherRecordings(file: String)
    /// An option has an invalid value.
    case option(name: String, value: String, allowed: String)
    /// A class of the model has the label of rejected decisions.
    case reservedLabel(String)
}

extension RecogniserError: StimmungError {
    public var code: String {
        switch self {
        case .notFinite: "recogniser.not-finite"
        case .needsOtherRecordings: "recogniser.needs-other-recordings"
        case .option: "recogniser.option"
        case .reservedLabel: "recogniser.reserved-label"
        }
    }

    public var description: String {
        switch self {
        case .notFinite(let file):
            "\(file): the model's outputs are infinite or NaN, so its weights are unusable. Train the model again with a lower learning rate."
        case .needsOtherRecordings(let file):
            "\(file): the model compares a recording with others of the same speaker, and there is only this one."
        case .option(let name, let value, let allowed): "\(name) is \(value); it must be \(allowed)."
        case .reservedLabel(let label):
            "The model has a class named \"\(label)\", which is the label of rejected decisions. Rename the class and train the model again, "
                + "or reject no decisions."
        }
    }

    /// The same error with another name for the recording.
    func naming(_ name: String) -> RecogniserError {
        switch self {
        case .notFinite: .notFinite(file: name)
        case .needsOtherRecordings: .needsOtherRecordings(file: name)
        case .option, .reservedLabel: self
        }
    }
}
