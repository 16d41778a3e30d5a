import StimmungSupport

/// Why a picture could not be made.
public enum ReportError: StimmungError, Equatable {
    /// A model without the hidden units of a machine.
    case noMachines(recipe: String)
    /// An option has a value that cannot be used.
    case option(name: String, value: String, allowed: String)
    /// There is nothing in the corpus to show.
    case emptyCorpus(String)

    public var code: String {
        switch self {
        case .noMachines: "report.no-machines"
        case .option: "report.option"
        case .emptyCorpus: "report.empty-corpus"
        }
    }

    public var description: String {
        switch self {
        case .noMachines(let recipe):
            "The model's recipe \(recipe) has no Boltzmann machines to picture: give a file of machines, or a model of a recipe such as crbm-lstm."
        case .option(let name, let value, let allowed): "\(name) is \(value); allowed is \(allowed)."
        case .emptyCorpus(let name): "The corpus \(name) has no utterance to show: give another, or a recording."
        }
    }
}

extension ReportError: UsageError {
    package var isUsage: Bool { if case .option = self { true } else { false } }
}
