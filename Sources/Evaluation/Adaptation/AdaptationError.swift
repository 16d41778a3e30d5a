import StimmungSupport

/// Why a model cannot be adapted to a corpus.
public enum AdaptationError: StimmungError, Equatable {
    /// The corpus has none of the classes of the model.
    case noSharedClass(corpus: String, labels: [String], model: [String])
    /// Fewer than two classes have two usable recordings. `counts` are the numbers of usable recordings, by class.
    case tooFewRecordings(corpus: String, counts: [String: Int])
    /// An option has an invalid value.
    case option(name: String, value: String, allowed: String)
    /// The model has been adapted to an enrolled voice or to a source, with which it cannot be written.
    case isAdapted

    public var code: String {
        switch self {
        case .noSharedClass: "adaptation.no-shared-class"
        case .tooFewRecordings: "adaptation.too-few-recordings"
        case .option: "adaptation.option"
        case .isAdapted: "adaptation.is-adapted"
        }
    }

    public var description: String {
        switch self {
        case .noSharedClass(let corpus, let labels, let model):
            "The corpus \(corpus) (\(labels.joined(separator: ", "))) has none of the model's classes (\(model.joined(separator: ", "))). "
                + "Map its labels to classes, or train a model on it."
        case .tooFewRecordings(let corpus, let counts):
            "The corpus \(corpus) has too few usable recordings: "
                + counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
                + ". At least two classes need two recordings each, and copies of one recording are not several. Add recordings."
        case .option(let name, let value, let allowed): "The option \(name) of an adaptation is \(value). Allowed: \(allowed)."
        case .isAdapted:
            "The model has been adapted to a voice or source. Give the model without it, and adapt it to that again afterwards."
        }
    }
}
