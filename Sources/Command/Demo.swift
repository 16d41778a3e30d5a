import ArgumentParser
import Foundation
import Stimmung

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Synthesises speech, trains on it, and recognises voices that it never heard. Needs no data.",
        discussion: """
            stimmung demo

            Writes speech, a model and predictions to a folder, and names them. The speech is espeak-ng's with rules for seven emotions: the demo
            shows that everything works, not how well people are recognised (for that see "stimmung evaluate").
            """)

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder to write to; speech that is already there is used again.", valueName: "folder"))
    var output = "demo"

    @Option(help: "The recipe.")
    var recipe = "lstm"

    @Option(help: ArgumentHelp("In place of the recipe's.", valueName: "n"))
    var epochs = 12

    @Option(help: ArgumentHelp("Fixes all that is random.", valueName: "n"))
    var seed: UInt64 = 1

    @OptionGroup var compute: ComputeOptions

    mutating func run() async throws {
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        var recipe = try Recipe(named: recipe)
        recipe.training.epochs = epochs
        try recipe.validate()

        let corpus = try await speech(progress)
        let unheard = Set(SyntheticCorpus.testSpeakers)
        func part(_ isWanted: (Utterance) -> Bool) -> Corpus {
            Corpus(name: corpus.name, root: corpus.root, utterances: corpus.utterances.filter(isWanted))
        }
        let test = part { unheard.contains($0.speaker) }
        guard let example = test.utterances.first?.file, test.utterances.count < corpus.utterances.count else {
            throw CommandFailure("\(corpus.root) is not the speech of a demo: remove it, or name another folder with --output")
        }
        var training = ModelTraining(recipe: recipe, corpus: part { !unheard.contains($0.speaker) })
        training.seed = seed
        training.workers = compute.workers
        training.interruption = signalInterruption
        let model = try training.run(progress: progress.show)
        let modelFile = "\(output)/model.safetensors"
        try model.write(path: modelFile)

        let predictions = try recognise(test, Recogniser(model), progress)
        var confusion = ConfusionMatrix(classes: model.labels.labels)
        for (utterance, prediction) in zip(test.utterances, predictions) {
            guard let truth = model.labels.index(of: utterance.emotion), let predicted = model.labels.index(of: prediction.label) else {
                continue
            }
            confusion.add(true: truth, predicted: predicted)
        }
        let predictionsFile = "\(output)/predictions.csv"
        try write(predictions, model, to: predictionsFile)
        let shipped = try Model.shipped()
        let judged = try Recogniser(shipped).predict(path: example)
        progress.finish()
        try StandardOutput.line(
            """
            \(model.card.utterances) utterances of \(model.card.speakers) synthetic voices trained "\(recipe.name)"; \
            \(test.utterances.count) of \(unheard.count) voices that it never heard:

            \(confusion.table)

            \(percent(confusion.wa ?? 0)) right, mean recall of the \(confusion.classes.count) classes \(percent(confusion.uar ?? 0)) (chance \(percent(1 / Double(confusion.classes.count))))

            written  \(modelFile)        the model
                     \(predictionsFile)        what it said of each file
                     \(corpus.root)        the speech

            The model in the program was trained on people (\(shipped.card.corpus)). Of \(example) it says:
            \(judged.probabilities.sorted { $0.probability > $1.probability }.prefix(3).map { "\($0.label) \(percent($0.probability))" }.joined(separator: ", "))

            next     stimmung predict YOUR_RECORDING
                     stimmung predict --model \(modelFile) \(example) --timeline
                     stimmung evaluate lstm --corpus YOUR_CORPUS --protocol loso
            """)
    }

    /// The synthetic speech, made unless an earlier demo left it.
    private func speech(_ progress: ProgressLine) async throws -> Corpus {
        let folder = "\(output)/speech-\(seed)"
        if FileManager.default.fileExists(atPath: "\(folder)/\(Manifest.standardName)") {
            progress.say("speech: using \(folder) of an earlier demo")
            return try Corpus.open(path: "\(folder)/\(Manifest.standardName)")
        }
        do { try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true) } catch {
            throw CommandFailure("\(output) could not be made: \(error.localizedDescription)")
        }
        return try await synthesise(SyntheticCorpus(seed: seed), into: folder, compute.workers, progress)
    }

    private func recognise(_ corpus: Corpus, _ recogniser: Recogniser, _ progress: ProgressLine) throws -> [Prediction] {
        let counter = Counter()
        var recogniser = recogniser
        recogniser.interruption = signalInterruption
        return try compute.workers.map(corpus.utterances.count) { [recogniser] (index) throws -> Prediction in
            let prediction = try recogniser.predict(path: corpus.utterances[index].file)
            progress.update("recognised", counter.addDone(), of: corpus.utterances.count)
            return prediction
        }
    }

    private func write(_ predictions: [Prediction], _ model: Model, to path: String) throws {
        let text = try PredictionWriter.document(
            predictions.map { .success($0) }, format: .csv, classes: model.labels.labels, segments: false)
        try AtomicFile.write(Data(text.utf8), to: path)
    }
}
