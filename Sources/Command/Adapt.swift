import ArgumentParser
import Foundation
import Stimmung
import StimmungEvaluation
import StimmungFeatures
import StimmungSupport
import StimmungTraining

struct Adapt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapt",
        abstract: "Adapt a model to a few labelled recordings.",
        discussion: """
            stimmung adapt encoder --corpus mine.csv -o mine.safetensors
            stimmung adapt built-in --corpus calls.csv --synonyms labels.csv -o calls.safetensors

            Retrains the last layer of each network, starting from its old weights. Few recordings change it little. About twenty recordings of \
            the voices, the language and the room that the model will be used for are a start.

            Prints held-out figures before and after: the model is adapted once more without each fold, and recognises it. Each fold leaves \
            speakers out, so the figures are of speakers whom the model has not heard. For a model of these speakers alone, use \
            --folds-by recordings. The folds also choose how strongly the old weights are kept, unless --strength is given.

            The classes of the model stay, unless --drop-missing is given. A label that it does not know becomes a new class; --synonyms maps \
            labels to classes.

            For recordings without labels, see the option --adapt of predict, segments, stream and listen.

            On one machine, the same recordings and seed give the same file, byte for byte, for any number of threads.
            """)

    @Argument(
        help: ArgumentHelp("Model file, built-in or encoder.", valueName: "model"), completion: .file(extensions: ["safetensors"]))
    var model: NamedModel

    @OptionGroup var corpora: CorporaOptions
    @OptionGroup var data: CorpusOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var compute: ComputeOptions

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Model file to write.", valueName: "model"), completion: .file(extensions: ["safetensors"]))
    var output: String

    @Flag(
        help:
            "Remove classes of the model that the corpus lacks, so that it decides among the others only. A separate column shows the effect of this alone."
    )
    var dropMissing = false

    @Option(
        help: ArgumentHelp(
            "Number of folds, 2 to 100. Fewer are made where there are fewer speakers, or recordings of a single speaker.",
            valueName: "n"))
    var folds = 5

    @Option(help: ArgumentHelp("Unit of a fold; always recordings if there is one speaker.", valueName: "unit"))
    var foldsBy = FoldUnit.speakers

    @Option(
        help: ArgumentHelp(
            "How strongly the old weights are kept, 0.001 to 1000. (default: 30, 3 or 0.3, chosen by held-out recordings; 30 with two folds)",
            valueName: "s"))
    var strength: Double?

    @Option(help: ArgumentHelp("Random seed of folds of recordings; folds of speakers are not random.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp("Also write the figures as JSON. With -, print JSON instead of the table.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var json: String?

    func validate() throws {
        if !(2...100).contains(folds) { throw ValidationError("--folds is \(folds); it must be 2 to 100.") }
        if let strength, !(0.001...1000).contains(strength) {
            throw ValidationError("--strength is \(strength); it must be 0.001 to 1000.")
        }
        if output == "-" { throw ValidationError("--output needs the name of a file.") }
    }

    mutating func run(_ featureCache: FeatureCache?) throws {
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        let outputs = [output, json]
        // The model may be replaced: it is read before, and the new file is renamed to its name.
        try checkOutputs(files: outputs, inputs: corpora.inputs)
        try checkOutputs(files: [json], inputs: [model.path])
        try refuseRecordings(asOutputs: outputs)
        var adaptation = ModelAdaptation(of: try model.open(), to: try corpora.open(corpora.openSynonyms()))
        try checkOutputs(files: outputs, corpora: [adaptation.corpus])
        adaptation.classes = try corpora.chosenClasses()
        adaptation.dropsMissingClasses = dropMissing
        adaptation.folds = folds
        adaptation.foldsBy = foldsBy
        adaptation.strength = strength
        adaptation.seed = seed
        adaptation.workers = compute.workers
        adaptation.cache = featureCache
        adaptation.skipShare = data.skipUnusable.share
        adaptation.onWarning = progress.warnings()
        adaptation.cancellation = signalCancellation
        let adapted = try holding(output) {
            let adapted = try adaptation.run(progress: progress.show)
            try adapted.model.write(path: output)
            return adapted
        }
        progress.finish()
        let figures = adapted.figures
        if json == "-" {
            try StandardOutput.data(figures.json)
        } else {
            try StandardOutput.line(
                "\(output): \(adapted.model.recipe.name), adapted to \(counted(figures.recordings, "recording")) of "
                    + "\(counted(figures.speakers, "speaker")) of \(figures.corpus)\n\n\(figures.report)")
        }
        if let json, json != "-" { try AtomicFile.write(Data((figures.json + "\n").utf8), to: json) }
        if let warning = figures.warning {
            let advice = figures.leavesSpeakersOut ? " For these speakers alone, measure with --folds-by recordings." : ""
            progress.complain("stimmung: warning: \(output): \(warning)\(advice)".printable)
        }
    }
}

extension FoldUnit: ExpressibleByArgument {}
