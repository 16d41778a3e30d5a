import ArgumentParser
import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTraining

struct Pretrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Train the Boltzmann machines of a recipe on unlabelled recordings.",
        discussion: """
            stimmung pretrain crbm-lstm --corpus ravdess -o R.safetensors
            stimmung train crbm-lstm --corpus emodb --machines R.safetensors \\
                -o M.safetensors
            stimmung inspect R.safetensors

            Without --machines, "train" and "evaluate" pre-train on the training speakers only. Machines from a file may have been trained \
            on the test speakers.
            """)

    @Argument(
        help: "Recipe with pre-training: \(pretrained.joined(separator: ", ")), or the path of a YAML file.",
        completion: .list(pretrained))
    var recipe: String

    @Option(
        help: ArgumentHelp("Folder of a known corpus, or a CSV manifest. May be repeated.", valueName: "path"), completion: .file())
    var corpus: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("File to write.", valueName: "file"), completion: .file(extensions: ["safetensors"]))
    var output: String

    @Option(help: ArgumentHelp("Override the recipe's number of epochs.", valueName: "n"))
    var epochs: Int?

    @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
    var seed: UInt64 = 0

    @Flag(help: "Resume from FILE.checkpoint, if there is one.")
    var resume = false

    @OptionGroup var lists: ListOptions
    @OptionGroup var data: CorpusOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var compute: ComputeOptions

    private static var pretrained: [String] { Recipe.Catalogue.entries.filter(\.isPretrained).map(\.name) }

    mutating func run(_ featureCache: FeatureCache?) throws {
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        let checkpoint = Checkpoint(of: output)
        try checkOutputs(files: [output, checkpoint.path], inputs: [self.recipe] + corpus)
        try refuseRecordings(asOutputs: [output])
        var recipe = try Recipe(nameOrPath: recipe)
        if let epochs { recipe.pretraining?.epochs = epochs }
        var pretraining = Pretraining(recipe: recipe, corpora: try corpus.map { try openNamedCorpus($0, lists.reading) })
        pretraining.seed = seed
        pretraining.workers = compute.workers
        pretraining.cache = featureCache
        pretraining.skipShare = data.skipUnusable.share
        pretraining.onWarning = progress.warnings()
        pretraining.cancellation = signalCancellation
        try checkOutputs(files: [output, checkpoint.path], corpora: pretraining.corpora)
        pretraining.checkpoint = checkpoint.path
        guard Processes.leads else {
            _ = try pretraining.run(resume: resume)
            return
        }
        let machines = try holding(output) {
            let machines = try checkpoint.keeping(resume: resume, progress) {
                try pretraining.run(resume: resume, progress: progress.show)
            }
            try machines.write(path: output)
            pretraining.removeCheckpoint()
            return machines
        }
        progress.finish()
        try StandardOutput.line(
            "\(output): \(counted(machines.stack.machines.count, "machine")), trained on \(machines.corpora.joined(separator: ", "))")
    }
}
