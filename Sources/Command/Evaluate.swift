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
        if let json, json != "-" { try requireWritable(json) }
        if let predictions { try requireWritable(predictions) }
        try report.requireWritable()
        var evaluation = Evaluation(
            recipe: try task.openRecipe(), corpus: try task.openCorpus(),
            evaluationProtocol: try EvaluationProtocol(parsing: evaluationProtocol))
        evaluation.classes = try task.chosenClasses()
        evaluation.seeds = (0..<UInt64(seeds)).map { seed + $0 }
        evaluation.workers = compute.workers
        evaluation.cache = featureCache
        evaluation.skipShare = task.data.skipUnusable.share
        evaluation.onWarning = progress.warnings()
        evaluation.journal = journal
        evaluation.machines = try task.openMachines()
        evaluation.unlabelled = try unlabelled.map(openNamedCorpus)
        evaluation.conditions = try conditions.map { try RecordingCopy(parsing: $0) }
        evaluation.cancellation = signalCancellation
        let run: EvaluationRun
        do { run = try evaluation.run(progress: progress.show) } catch let cancellation as Cancelled {
            progress.complain(Self.state(in: journal))
            throw cancellation
        }
        progress.finish()
        // The figures first: should a file fail, they are not lost.
        try StandardOutput.line(json == "-" ? run.figures.json : run.figures.report)
        if let predictions {
            let text = predictions.hasSuffix(".json") ? run.predictionsJSON + "\n" : run.predictionsCSV
            try AtomicFile.write(Data(text.utf8), to: predictions)
        }
        if let json, json != "-" { try AtomicFile.write(Data((run.figures.json + "\n").utf8), to: json) }
        do { try report.write(run, of: evaluation, progress) } catch let cancellation as Cancelled {
            progress.complain("the figures are complete, but no report was written; \(Self.state(in: journal))")
            throw cancellation
        }
    }
}

extension Evaluate {
    /// Where the state of an interrupted evaluation or study is, and how to resume it.
    ///
    /// - Parameter journal: a file, or the folder of a study; nil where there is none.
    static func state(in journal: String?) -> String {
        guard let journal else { return "nothing is kept; run the same command again, with --journal FILE to keep completed folds" }
        guard FileManager.default.fileExists(atPath: journal) else { return "no fold was completed; run the same command again" }
        return "completed folds are in \(journal); run the same command again to resume"
    }
}
