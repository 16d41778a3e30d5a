import ArgumentParser
import Foundation
import StimmungFeatures
import StimmungSupport
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
        let checkpoint = Checkpoint(of: output)
        try checkOutputs(files: [output, checkpoint.path], inputs: [task.recipe, task.corpus, task.machines])
        var training = ModelTraining(recipe: try task.openRecipe(), corpus: try task.openCorpus())
        try checkOutputs(files: [output, checkpoint.path], corpora: [training.corpus])
        if let classes = try task.chosenClasses() { training.classes = classes }
        training.machines = try task.openMachines()
        training.seed = seed
        training.workers = compute.workers
        training.cache = featureCache
        training.cancellation = signalCancellation
        training.checkpoint = checkpoint.path
        let model = try holding(output) {
            let model = try checkpoint.keeping(resume: resume, progress) { try training.run(resume: resume, progress: progress.show) }
            try model.write(path: output)
            training.removeCheckpoints()
            return model
        }
        progress.finish()
        try StandardOutput.line(
            "\(output): \(model.recipe.name), \(counted(model.labels.count, "class", "classes")), \(model.ensemble.parameterCount) parameters"
        )
    }
}
