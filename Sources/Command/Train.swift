import ArgumentParser
import Foundation
import StimmungFeatures
import StimmungTraining

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains a recipe on a corpus and writes a model.",
        discussion: """
            stimmung train lstm --corpus emodb -o emodb.safetensors
            stimmung train my-recipe.yaml --corpus calls.csv --classes anger,neutral -o calls.safetensors --resume

            After every epoch the state is kept beside the model, as MODEL.checkpoint,
            until the model is written (of further networks of an ensemble as
            MODEL.checkpoint-2 and so on; what calibration trains is trained again).
            Ctrl-C stops, a crash loses an epoch; --resume goes
            on from there and gives the same file as if nothing had happened. The same seed
            gives the same file on the same machine, byte by byte, for any --threads.
            """)

    @OptionGroup var task: TaskOptions
    @OptionGroup var compute: ComputeOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("The model file to write.", valueName: "model"))
    var output: String

    @Option(help: ArgumentHelp("Fixes all that is random.", valueName: "n"))
    var seed: UInt64 = 0

    @Flag(help: "Goes on from MODEL.checkpoint where there is one.")
    var resume = false

    mutating func run(_ featureCache: FeatureCache?) throws {
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        try requireWritable(output)
        var training = ModelTraining(recipe: try task.openRecipe(), corpus: try task.openCorpus())
        if let classes = try task.chosenClasses() { training.classes = classes }
        training.machines = try task.openMachines()
        training.seed = seed
        training.workers = compute.workers
        training.cache = featureCache
        training.skipShare = task.data.skipUnusable.share
        training.onWarning = progress.warnings()
        training.cancellation = signalCancellation
        let checkpoint = Checkpoint(of: output, networks: training.recipe.ensemble)
        training.checkpoint = checkpoint.path
        let model = try checkpoint.keeping(resume: resume, progress) { try training.run(resume: resume, progress: progress.show) }
        try model.write(path: output)
        training.removeCheckpoints()
        progress.finish()
        try StandardOutput.line(
            "\(output): \(model.recipe.name), \(model.labels.count) classes, \(model.ensemble.parameterCount) parameters")
    }
}
