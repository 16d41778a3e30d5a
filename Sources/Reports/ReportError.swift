import StimmungSupport

/// Why a picture could not be made.
public enum ReportError: StimmungError, Equatable {
    /// The model has no hidden units of a Boltzmann machine.
    case noMachines(recipe: String)
    /// An option has an invalid value.
    case option(name: String, value: String, allowed: String)
    /// The corpus has no utterance to show.
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
            "The model's recipe \(recipe) has no Boltzmann machines. Use a file of machines, or a model of a recipe such as crbm-lstm."
        case .option(let name, let value, let allowed): "\(name) is \(value); it must be \(allowed)."
        case .emptyCorpus(let name): "The corpus \(name) has no utterance to show. Use another corpus, or a recording."
        }
    }
}

extension ReportError: UsageError {
    package var isUsage: Bool { if case .option = self { true } else { false } }
}
