import ArgumentParser
import StimmungSpeech
import StimmungTraining

struct TrainSpeech: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-speech",
        abstract: "Train speech activity and write its model.",
        discussion: """
            stimmung train-speech --corpus emodb --corpus resd -o speech.safetensors

            Every step synthesises new scenes from the corpora's recordings: with pauses, in rooms and over telephone lines, with noise, hum, \
            tones, music, slams and babble. The labels of a corpus do not matter.

            The same seed gives the same file, byte by byte, for any number of threads on one machine.
            """)

    @Argument(help: "The recipe: \(SpeechRecipe.builtIn.keys.sorted().joined(separator: ", ")), or the path of a YAML file.")
    var recipe = "speech-activity"

    @Option(
        help: ArgumentHelp(
            "A folder of a known corpus (see \"stimmung corpus list\"), or a CSV manifest. Several are used equally often.",
            valueName: "path"))
    var corpus: [String]

    @Option(help: ArgumentHelp("Speakers not to train on, such as 03,08.", valueName: "names"))
    var holdOut: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Model file to write.", valueName: "model"))
    var output: String

    @Option(help: ArgumentHelp("Override the recipe's number of epochs.", valueName: "n"))
    var epochs: Int?

    @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var compute: ComputeOptions

    mutating func run() throws {
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        try requireWritable(output)
        var recipe = try SpeechRecipe(nameOrPath: recipe)
        if let epochs {
            if !(1...10_000).contains(epochs) { throw ValidationError("--epochs is \(epochs); allowed is 1 to 10000.") }
            recipe.training.epochs = epochs
        }
        var training = SpeechTraining(recipe: recipe, corpora: try corpus.map { try openNamedCorpus($0) })
        let heldOut = holdOut?.split(separator: ",").map(String.init) ?? []
        let speakers = Set(training.corpora.flatMap { $0.utterances.map(\.speaker) })
        if let unknown = heldOut.first(where: { !speakers.contains($0) }) {
            throw ValidationError("--hold-out has the speaker \(unknown), whom no corpus has.")
        }
        training.heldOutSpeakers = heldOut
        training.seed = seed
        training.workers = compute.workers
        training.cancellation = signalCancellation
        let model = try training.run(progress: progress.show)
        try model.write(path: output)
        progress.finish()
        try StandardOutput.line("\(output): \(recipe.name), \(model.network.parameters.values.count) parameters")
    }
}
