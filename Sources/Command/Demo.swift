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
        abstract: "Synthesises speech, trains on it, and recognises voices that it never heard. Needs no data.",
        discussion: """
            stimmung demo

            Writes speech, a model, predictions and a report to a folder, and names them. The speech is espeak-ng's with rules for seven emotions: the demo
            shows that everything works, not how well people are recognised (for that see "stimmung evaluate").
            """)

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder to write to; speech that is already there is used again.", valueName: "folder"))
    var output = "demo"

    @Option(help: "The recipe.")
    var recipe = "lstm"

    @Option(help: ArgumentHelp("In place of the recipe's.", valueName: "n"))
    var epochs = 3

    @Option(help: ArgumentHelp("Fixes all that is random.", valueName: "n"))
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
            throw CommandFailure("\(corpus.root) is not the speech of a demo: remove it, or name another folder with --output")
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
        let written = [
            ("written  \(reportFile)", "open it in a browser: figures and pictures"), ("         \(modelFile)", "the model"),
            ("         \(predictionsFile)", "what it said of each file"), ("         \(corpus.root)", "the speech"),
        ]
        let column = 4 + (written.map(\.0.count).max() ?? 0)
        try StandardOutput.line(
            """
            \(model.card.utterances) utterances of \(model.card.speakers) synthetic voices trained "\(recipe.name)"; \
            \(test.count) of \(unheard.count) voices that it never heard:

            \(result.confusionMatrix.table)
            \(Percent.text(result.wa)) right, mean recall of the \(result.classes.count) classes \(Percent.text(result.uar)) (chance \(Percent.text(1 / Double(result.classes.count))))

            \(written.map { $0.padded(to: column) + $1 }.joined(separator: "\n"))

            The model in the program was trained on people (\(builtIn.card.corpus)). Of \(example) it says:
            \(judged.probabilities.sorted { $0.probability > $1.probability }.prefix(3).map { "\($0.label) \(Percent.text($0.probability))" }.joined(separator: ", "))

            next     stimmung predict YOUR_RECORDING
                     stimmung predict --model \(modelFile) \(example) --timeline
                     stimmung evaluate lstm --corpus YOUR_CORPUS --protocol loso
            """)
    }

    /// The synthetic speech, made unless an earlier demo left it.
    private func speech(_ progress: ProgressLine) throws -> Corpus {
        let folder = "\(output)/speech-\(seed)"
        if Files.exists("\(folder)/\(Manifest.standardName)") {
            progress.say("speech: using \(folder) of an earlier demo")
            return try Corpus.open(path: "\(folder)/\(Manifest.standardName)")
        }
        do { try Files.makeFolder(output) } catch {
            throw CommandFailure("\(output) cannot be made: \(error.reason)")
        }
        return try synthesise(SyntheticCorpus(seed: seed), into: folder, compute.workers, progress)
    }
}
