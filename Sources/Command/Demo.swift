import ArgumentParser
import Foundation
import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungReports
import StimmungSupport
import StimmungTraining

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Synthesise speech, train on it, and recognise new voices. Needs no data.",
        discussion: """
            stimmung demo

            Writes the speech, a model, its predictions and a report to a folder. The speech is made by espeak-ng with rules for seven \
            emotions. The demo shows that everything works. Its accuracy does not carry over to human speech. To measure that, see \
            "stimmung evaluate".
            """)

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Output folder. Speech from an earlier run is reused.", valueName: "folder"),
        completion: .directory)
    var output = "demo"

    @Option(help: ArgumentHelp("Recipe to train.", valueName: "name"), completion: .list(Recipe.Catalogue.names))
    var recipe = "lstm"

    @Option(help: ArgumentHelp("Number of epochs.", valueName: "n"))
    var epochs = 3

    @Option(help: ArgumentHelp("Random seed.", valueName: "n"))
    var seed: UInt64 = 1

    @OptionGroup var compute: ComputeOptions

    mutating func run() throws {
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        var recipe = try Recipe(nameOrPath: recipe)
        recipe.training.epochs = epochs
        try recipe.validate()
        try recipe.requireModel()

        let corpus = try speech(progress)
        let unheard = Set(SyntheticCorpus.testSpeakers)
        let test = corpus.utterances.filter { unheard.contains($0.speaker) }
        guard let example = test.first?.file, test.count < corpus.utterances.count else {
            throw CommandFailure("\(corpus.root) was not made by \"stimmung demo\". Remove it, or choose another folder with --output.")
        }
        var evaluation = Evaluation(recipe: recipe, corpus: corpus, evaluationProtocol: .testSpeakers(SyntheticCorpus.testSpeakers))
        evaluation.seeds = [seed]
        evaluation.workers = compute.workers
        evaluation.cancellation = signalCancellation
        let network = try evaluation.network(ofFold: 0, progress: progress.show)
        let (model, result) = (network.model, network.run.figures)
        let modelFile = "\(output)/model.safetensors"
        try model.write(path: modelFile)
        let predictionsFile = "\(output)/predictions.csv"
        try AtomicFile.write(Data(network.run.predictionsCSV.utf8), to: predictionsFile)
        progress.finish()
        if signalCancellation.isCancelled { throw Cancelled() }
        var report = EvaluationReport(network.run, network: network, provenance: .command(corpus, [recipe]))
        report.workers = compute.workers
        let reportFile = try report.page().write(making: "\(output)/report")
        let builtIn = try Model.builtIn()
        let judged = try Recogniser(builtIn).predict(path: example)
        progress.finish()
        var written = TextTable([.leading, .leading])
        written.add([reportFile, "report: open it in a browser"])
        written.add([modelFile, "model"])
        written.add([predictionsFile, "prediction for each test file"])
        written.add([corpus.root, "speech"])
        try StandardOutput.line(
            """
            Trained "\(recipe.name)" on \(model.card.utterances) utterances of \(model.card.speakers) synthetic voices.
            Tested on \(test.count) utterances of \(unheard.count) other voices:

            \(result.confusionMatrix.table)
            \(Percent.text(result.wa)) correct, mean recall of the \(result.classes.count) classes \(Percent.text(result.uar)) (chance \(Percent.text(1 / Double(result.classes.count))))

            Written:
            \(written.lines.joined(separator: "\n"))

            The built-in model, trained on human speech (\(builtIn.card.corpus)), on \(example):
            \(judged.probabilities.sorted { $0.probability > $1.probability }.prefix(3).map { "\($0.label) \(Percent.text($0.probability))" }.joined(separator: ", "))

            Next:
            stimmung predict YOUR_RECORDING
            stimmung predict --model \(modelFile) \(example) --timeline
            stimmung evaluate lstm --corpus YOUR_CORPUS --protocol loso
            """)
    }

    /// The synthetic speech of an earlier demo, or else synthesised.
    private func speech(_ progress: ProgressLine) throws -> Corpus {
        let folder = "\(output)/speech-\(seed)"
        if Files.exists("\(folder)/\(Manifest.standardName)") {
            progress.say("speech: reusing \(folder)")
            return try Corpus.open(path: "\(folder)/\(Manifest.standardName)")
        }
        do { try Files.makeFolder(output) } catch {
            throw CommandFailure("cannot create the folder \(output): \(error.reason)")
        }
        return try synthesise(SyntheticCorpus(seed: seed), into: folder, compute.workers, progress)
    }
}
