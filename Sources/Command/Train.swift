import ArgumentParser
import Foundation
import StimmungFeatures
import StimmungSupport
import StimmungTraining

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a recipe on a corpus and write a model.",
        discussion: """
            stimmung train lstm --corpus emodb -o emodb.safetensors
            stimmung train mine.yaml --corpus calls.csv -o M.safetensors --resume
            stimmung train encoder --corpus emodb --corpus calls.csv --synonyms labels.csv -o M.safetensors

            The state after each epoch is saved in MODEL.checkpoint until the model is written. Further networks of an ensemble use \
            MODEL.checkpoint-2 and so on. After Ctrl-C or a crash, --resume continues from there, with the same result. Networks for \
            calibration are always trained again.

            On one machine, the same seed gives the same file, byte for byte, for any number of threads.
            """)

    @OptionGroup var task: TaskOptions
    @OptionGroup var compute: ComputeOptions

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Model file to write.", valueName: "model"), completion: .file(extensions: ["safetensors"]))
    var output: String

    @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
    var seed: UInt64 = 0

    @Flag(help: "Resume from MODEL.checkpoint, if there is one.")
    var resume = false

    mutating func run(_ featureCache: FeatureCache?) throws {
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        let recipe = try task.openRecipe()
        let checkpoint = Checkpoint(of: output, networks: recipe.networkCount)
        let outputs = [output] + checkpoint.paths
        try checkOutputs(files: outputs, inputs: task.inputs)
        try refuseRecordings(asOutputs: outputs)
        var training = ModelTraining(recipe: recipe, corpus: try task.corpora.open(task.corpora.openSynonyms()))
        try checkOutputs(files: outputs, corpora: [training.corpus])
        if let classes = try task.corpora.chosenClasses() { training.classes = classes }
        training.machines = try task.openMachines()
        training.seed = seed
        training.workers = compute.workers
        training.cache = featureCache
        training.skipShare = task.data.skipUnusable.share
        training.onWarning = progress.warnings()
        training.cancellation = signalCancellation
        training.checkpoint = checkpoint.path
        guard Processes.leads else {
            _ = try training.run(resume: resume)
            return
        }
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
