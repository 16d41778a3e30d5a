import ArgumentParser
import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTensors
import StimmungTraining

/// Options of every command that computes.
struct ComputeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Number of threads; results do not depend on it. (default: all processors)", valueName: "n"))
    var threads: Int?

    @Flag(name: .shortAndLong, help: "Do not show progress on standard error.")
    var quiet = false

    /// New threads at each access: work inside other work takes the outer one's.
    var workers: Workers { workers(threads: threads) }

    /// For work that is not divided.
    var oneThread: Workers { workers(threads: 1) }

    private func workers(threads: Int?) -> Workers {
        var workers = Workers(threads: threads)
        workers.processes = Processes.joined
        return workers
    }

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is \(threads); it must be 1 to 1024.") }
    }
}

/// The recipe to train, and the data.
struct TaskOptions: ParsableArguments {
    @Argument(
        help: "Recipe: \(Recipe.Catalogue.names.joined(separator: ", ")), or the path of a YAML file.",
        completion: .list(Recipe.Catalogue.names))
    var recipe: String

    @OptionGroup var corpora: CorporaOptions

    @Option(help: ArgumentHelp("Override the recipe's normalisation.", valueName: "kind"))
    var normalisation: Normalisation?

    @Option(help: ArgumentHelp("Override the recipe's number of epochs.", valueName: "n"))
    var epochs: Int?

    @Option(help: "Override the recipe's precision of the networks' wide products, in training and in tests.")
    var precision: Precision?

    @Option(
        help: ArgumentHelp("Use machines that \"stimmung pretrain\" wrote instead of training them.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var machines: String?

    @OptionGroup var data: CorpusOptions
    @OptionGroup var cache: CacheOptions

    func openMachines() throws -> PretrainedMachines? {
        try machines.map { try PretrainedMachines(path: $0) }
    }

    func openRecipe() throws -> Recipe {
        var recipe = try Recipe(nameOrPath: recipe)
        if let normalisation { recipe.normalisation = normalisation }
        if let epochs { recipe.training.epochs = epochs }
        if let precision { recipe.training.precision = precision == .float32 ? nil : precision }
        try recipe.validate()
        return recipe
    }

    /// Files that the options name.
    var inputs: [String?] { [recipe, machines] + corpora.inputs }
}

extension Recipe {
    /// The built-in recipe with this name, or the one in a YAML file at this path.
    init(nameOrPath text: String) throws(RecipeError) {
        let isPath = text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml") || Files.exists(text)
        if isPath, Catalogue.entry(text) == nil {
            try self.init(contentsOf: text)
        } else {
            try self.init(named: text)
        }
    }
}

/// Opens a corpus, and lists skipped files on standard error.
func openNamedCorpus(_ path: String, _ reading: CorpusReading = CorpusReading()) throws -> Corpus {
    let corpus = try Corpus.open(path: path, reading)
    guard Processes.leads else { return corpus }
    for file in corpus.skipped.prefix(5) { printToStandardError("skipped: \(file.file) (\(file.reason))") }
    if corpus.skipped.count > 5 { printToStandardError("skipped: \(corpus.skipped.count - 5) more files") }
    return corpus
}

/// Refuses an invalid number of seeds.
func checkSeeds(_ seeds: Int, from seed: UInt64) throws {
    if !(1...1000).contains(seeds) { throw ValidationError("--seeds is \(seeds); it must be 1 to 1000.") }
    if seed.addingReportingOverflow(UInt64(seeds) - 1).overflow {
        throw ValidationError("--seed is \(seed), so the last of \(seeds) seeds would exceed \(UInt64.max). Give a lower seed.")
    }
}

extension ChannelChoice: ExpressibleByArgument {}
extension ChannelChoice.Single: ExpressibleByArgument {}
extension Normalisation: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension PredictionFormat: ExpressibleByArgument {}
extension FeatureKind: ExpressibleByArgument {}
extension FeatureFormat: ExpressibleByArgument {}
extension MelScale: ExpressibleByArgument {}

/// The cases of an option as text: `none, train, utterance, speaker`.
func names<Value: CaseIterable & RawRepresentable<String>>(of type: Value.Type) -> String {
    Value.allCases.map(\.rawValue).joined(separator: ", ")
}
