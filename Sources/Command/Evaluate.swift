import ArgumentParser
import Foundation
import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungFeatures
import StimmungSupport

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains and tests a recipe on a corpus, fold by fold.",
        discussion: """
            stimmung evaluate lstm --corpus emodb --protocol loso --seeds 3
            stimmung evaluate lstm --corpus emodb --protocol cross=ravdess --json figures.json

            Protocols: loso (leave one speaker out), speaker-folds=N, official (the
            corpus's published split), test=SPEAKER,…, cross=CORPUS (trains on the whole
            corpus, tests on the other), random-folds=N (speaker-dependent: flatters; the
            output says so).

            WA is the share of utterances recognised, UAR the mean recall of the classes.
            Intervals are of 95 % and take utterances as independent, so they are rather
            too narrow where few speakers have many utterances each.
            """)

    @OptionGroup var task: TaskOptions
    @OptionGroup var report: ReportOptions
    @OptionGroup var compute: ComputeOptions

    @Option(name: .customLong("protocol"), help: ArgumentHelp("How the corpus is divided; see above.", valueName: "name"))
    var evaluationProtocol = "loso"

    @Option(help: ArgumentHelp("Repeats the evaluation with so many seeds, and gives the mean.", valueName: "n"))
    var seeds = 1

    @Option(help: ArgumentHelp("The first seed.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp(
            "Also writes the figures as JSON to a file; - writes them to standard output in place of the table.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Keeps each fold that is done in a file; the same command again goes on from there.", valueName: "file"))
    var journal: String?

    @Option(
        help: ArgumentHelp(
            "Also writes what was said of every test utterance: file, speaker, fold, seed, true and predicted class, probabilities. CSV, or JSON where the name ends in .json.",
            valueName: "file"))
    var predictions: String?

    @Option(
        help: ArgumentHelp(
            "A corpus whose recordings, without labels, the machines of the recipe hear besides each fold's training speakers.",
            valueName: "path"))
    var unlabelled: [String] = []

    @Option(
        name: .customLong("condition"),
        help: ArgumentHelp(
            "Also tests recordings altered so, such as telephone or room=0.4+noise=20 (see \"stimmung alter\"); may be given more than once.",
            valueName: "change"))
    var conditions: [String] = []

    func validate() throws { try checkSeeds(seeds, from: seed) }

    mutating func run(_ featureCache: FeatureCache?) throws {
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        let outputs = [json, predictions, journal]
        let crossed = evaluationProtocol.hasPrefix("cross=") ? String(evaluationProtocol.dropFirst(6)) : nil
        try checkOutputs(files: outputs, folders: [report.report], inputs: [task.recipe, task.corpus, task.machines, crossed] + unlabelled)
        var evaluation = Evaluation(
            recipe: try task.openRecipe(), corpus: try task.openCorpus(),
            evaluationProtocol: try EvaluationProtocol(parsing: evaluationProtocol))
        evaluation.classes = try task.chosenClasses()
        evaluation.seeds = (0..<UInt64(seeds)).map { seed + $0 }
        evaluation.workers = compute.workers
        evaluation.cache = featureCache
        evaluation.journal = journal
        evaluation.machines = try task.openMachines()
        evaluation.unlabelled = try unlabelled.map { try Corpus.open(path: $0) }
        try checkOutputs(files: outputs, corpora: [evaluation.corpus] + evaluation.unlabelled)
        evaluation.conditions = try conditions.map { try RecordingCopy(parsing: $0) }
        evaluation.cancellation = signalCancellation
        let run: EvaluationRun
        do { run = try evaluation.run(progress: progress.show) } catch let cancellation as Cancelled {
            progress.say(journal.map(Self.kept) ?? "nothing is kept; with --journal FILE the folds that are done would be")
            throw cancellation
        }
        progress.finish()
        // The figures first: should a file fail, they are not lost.
        try json == "-" ? StandardOutput.data(run.figures.json) : StandardOutput.line(run.figures.report)
        if let predictions {
            let text = predictions.hasSuffix(".json") ? run.predictionsJSON + "\n" : run.predictionsCSV
            try AtomicFile.write(Data(text.utf8), to: predictions)
        }
        if let json, json != "-" { try AtomicFile.write(Data((run.figures.json + "\n").utf8), to: json) }
        try report.write(run, of: evaluation, progress)
    }
}

extension Evaluate {
    /// What is said after an cancellation, of a study too.
    static func kept(in journal: String) -> String {
        "the folds that are done are kept in \(journal); the same command goes on from there"
    }
}
