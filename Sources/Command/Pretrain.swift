import ArgumentParser
import Foundation
import Stimmung
import StimmungCorpora
import StimmungFeatures
import StimmungSupport
import StimmungTraining

struct Pretrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains the Boltzmann machines of a recipe on recordings, without their labels.",
        discussion: """
            stimmung pretrain crbm-lstm --corpus ravdess --corpus calls.csv -o machines.safetensors
            stimmung train crbm-lstm --corpus emodb --machines machines.safetensors -o emodb.safetensors
            stimmung inspect machines.safetensors

            Without --machines, "train" and "evaluate" pre-train on the training speakers.
            Given machines may have heard the test speakers.
            """)

    @Argument(help: "Recipe with a part \"pretraining\": \(pretrained), or the path of a YAML file.")
    var recipe: String

    @Option(help: ArgumentHelp("Folder of a known corpus, or a CSV manifest; may be repeated.", valueName: "path"))
    var corpus: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("File to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Overrides the recipe's number of epochs.", valueName: "n"))
    var epochs: Int?

    @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
    var seed: UInt64 = 0

    @Flag(help: "Resume from FILE.checkpoint, if there is one.")
    var resume = false

    @OptionGroup var data: CorpusOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var compute: ComputeOptions

    private static var pretrained: String { Recipe.Catalogue.entries.filter(\.isPretrained).map(\.name).joined(separator: ", ") }

    mutating func run(_ featureCache: FeatureCache?) throws {
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        let checkpoint = Checkpoint(of: output)
        try checkOutputs(files: [output, checkpoint.path], inputs: [self.recipe] + corpus)
        try refuseRecordings(asOutputs: [output])
        var recipe = try Recipe(nameOrPath: recipe)
        if let epochs { recipe.pretraining?.epochs = epochs }
        var pretraining = Pretraining(recipe: recipe, corpora: try corpus.map(openNamedCorpus))
        pretraining.seed = seed
        pretraining.workers = compute.workers
        pretraining.cache = featureCache
        pretraining.skipShare = data.skipUnusable.share
        pretraining.onWarning = progress.warnings()
        pretraining.cancellation = signalCancellation
        try checkOutputs(files: [output, checkpoint.path], corpora: pretraining.corpora)
        pretraining.checkpoint = checkpoint.path
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
