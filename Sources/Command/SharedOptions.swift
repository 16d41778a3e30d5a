import ArgumentParser
import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTraining

/// What every command that computes takes.
struct ComputeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads to use; results are the same for any number. (default: all processors)", valueName: "n"))
    var threads: Int?

    @Flag(name: .shortAndLong, help: "No progress on standard error.")
    var quiet = false

    var workers: Workers { Workers(threads: threads) }

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is \(threads); allowed is 1 to 1024.") }
    }
}

/// Which system is trained, on what.
struct TaskOptions: ParsableArguments {
    @Argument(help: "The recipe: \(Recipe.Catalogue.names.joined(separator: ", ")), or the path of a YAML file.")
    var recipe: String

    @Option(help: ArgumentHelp("A folder of a known corpus (see \"stimmung corpus list\"), or a CSV manifest.", valueName: "path"))
    var corpus: String

    @Option(help: ArgumentHelp("Only these classes, such as anger,sadness,neutral. (default: all of the corpus)", valueName: "labels"))
    var classes: String?

    @Option(help: ArgumentHelp("Overrides the recipe's normalisation: \(names(of: Normalisation.self)).", valueName: "kind"))
    var normalisation: Normalisation?

    @Option(help: ArgumentHelp("Overrides the recipe's number of epochs.", valueName: "n"))
    var epochs: Int?

    @Option(help: ArgumentHelp("Machines that \"stimmung pretrain\" wrote, in place of training them here.", valueName: "file"))
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
        try recipe.validate()
        return recipe
    }

    func openCorpus() throws -> Corpus {
        try openNamedCorpus(corpus)
    }

    func chosenClasses() throws -> LabelSet? {
        try classes.map { try LabelSet(parsing: $0) }
    }
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

/// Opens a corpus, and says on standard error which files are left out.
func openNamedCorpus(_ path: String) throws -> Corpus {
    let corpus = try Corpus.open(path: path)
    for file in corpus.skipped.prefix(5) { printToStandardError("left out: \(file.file) (\(file.reason))") }
    if corpus.skipped.count > 5 { printToStandardError("left out: \(corpus.skipped.count - 5) more files") }
    return corpus
}

/// Refuses numbers of seeds that cannot be.
func checkSeeds(_ seeds: Int, from seed: UInt64) throws {
    if !(1...1000).contains(seeds) { throw ValidationError("--seeds is \(seeds); allowed is 1 to 1000.") }
    if seed.addingReportingOverflow(UInt64(seeds) - 1).overflow {
        throw ValidationError("--seed is \(seed), and \(seeds) seeds from there on are more than there are; the last is \(UInt64.max).")
    }
}

extension Normalisation: ExpressibleByArgument {}
extension PredictionFormat: ExpressibleByArgument {}
extension FeatureKind: ExpressibleByArgument {}
extension FeatureFormat: ExpressibleByArgument {}
extension MelScale: ExpressibleByArgument {}

/// The cases of an option as text: `none, train, utterance, speaker`.
func names<Value: CaseIterable & RawRepresentable<String>>(of type: Value.Type) -> String {
    Value.allCases.map(\.rawValue).joined(separator: ", ")
}
