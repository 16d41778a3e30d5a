import ArgumentParser
import Foundation
import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungFeatures
import StimmungSupport

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Train and test a recipe on a corpus, fold by fold.",
        discussion: """
            stimmung evaluate lstm --corpus emodb --protocol loso --seeds 3
            stimmung evaluate lstm --corpus emodb --protocol cross=ravdess --json F.json
            stimmung evaluate lstm --corpus emodb --protocol folds=emobox/emodb
            stimmung evaluate encoder --corpus emodb --corpus ravdess --corpus calls.csv --protocol leave-one-corpus-out

            Protocols:
              loso              leave one speaker out
              speaker-folds=N   N groups of whole speakers
              official          the corpus's published split
              test=SPEAKER,…    test these speakers, train on the others
              folds=FILE        folds of a list, such as a folder of EmoBox
              cross=CORPUS      train on the whole corpus, test on another
              leave-one-corpus-out
                                train on all --corpus but one, test on that one
              random-folds=N    N random groups: speaker-dependent, too optimistic

            WA is the share of utterances that are recognised. UAR is the mean recall of the classes. The 95 % intervals treat utterances \
            as independent, so they are too narrow for few speakers with many utterances each.
            """)

    @OptionGroup var task: TaskOptions
    @OptionGroup var report: ReportOptions
    @OptionGroup var compute: ComputeOptions

    @Option(
        name: .customLong("protocol"), help: ArgumentHelp("Protocol; see above.", valueName: "name"),
        completion: .list(["loso", "speaker-folds=", "official", "test=", "folds=", "cross=", "leave-one-corpus-out", "random-folds="]))
    var evaluationProtocol = "loso"

    @Option(help: ArgumentHelp("Number of seeds; results are averaged.", valueName: "n"))
    var seeds = 1

    @Option(help: ArgumentHelp("First random seed.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp(
            "Also write the figures as JSON. With -, print JSON instead of the table.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var json: String?

    @Option(help: ArgumentHelp("File for completed folds. Run the command again to resume.", valueName: "file"), completion: .file())
    var journal: String?

    @Option(
        help: ArgumentHelp(
            "Also write every test prediction. The format is CSV, or JSON if the name ends in .json.",
            valueName: "file"), completion: .file(extensions: ["csv", "json"]))
    var predictions: String?

    @Option(
        help: ArgumentHelp(
            "Another corpus for pre-training; its labels are ignored. May be repeated.",
            valueName: "path"), completion: .file())
    var unlabelled: [String] = []

    @Option(
        name: .customLong("condition"),
        help: ArgumentHelp(
            "Also test altered recordings, such as telephone or room=0.4+noise=20 (see \"stimmung alter\"). May be repeated.",
            valueName: "change"))
    var conditions: [String] = []

    @Option(
        help: ArgumentHelp(
            "Also test known voices: enrol these numbers of recordings of each test speaker, for instance 0,2,4,8,16, and judge the rest.",
            valueName: "n,…"))
    var enrol: NumberList?

    @Flag(
        help: """
            Also test adaptation to a source: the system is adapted to a random half of the test recordings, without labels, and judges the \
            other. With --enrol, also with known voices.
            """)
    var adapt = false

    @Option(help: ArgumentHelp("How often to draw recordings for --enrol and --adapt; results are averaged.", valueName: "n"))
    var draws = 5

    @Option(
        help: ArgumentHelp(
            "Enrol, and adapt to, recordings of this emotion only, to see what one-sided speech does.", valueName: "label"))
    var enrolLabel: String?

    func validate() throws {
        try checkSeeds(seeds, from: seed)
        if enrol == nil, !adapt, enrolLabel != nil { throw ValidationError("--enrol-label needs --enrol or --adapt.") }
        if enrol == nil, !adapt, draws != 5 { throw ValidationError("--draws needs --enrol or --adapt.") }
    }

    mutating func run(_ featureCache: FeatureCache?) throws {
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        let outputs = [json, predictions, journal]
        let crossed = evaluationProtocol.hasPrefix("cross=") ? String(evaluationProtocol.dropFirst(6)) : nil
        let folds = evaluationProtocol.hasPrefix("folds=") ? String(evaluationProtocol.dropFirst(6)) : nil
        try checkOutputs(files: outputs, folders: [report.report], inputs: task.inputs + [crossed, folds] + unlabelled)
        try refuseRecordings(asOutputs: outputs)
        let synonyms = try task.corpora.openSynonyms()
        var evaluation = Evaluation(
            recipe: try task.openRecipe(), corpus: try task.corpora.open(synonyms, test: crossed),
            evaluationProtocol: try EvaluationProtocol(parsing: evaluationProtocol))
        evaluation.synonyms = synonyms
        evaluation.audio = task.corpora.lists.audio
        evaluation.classes = try task.corpora.chosenClasses()
        evaluation.seeds = (0..<UInt64(seeds)).map { seed + $0 }
        evaluation.workers = compute.workers
        evaluation.cache = featureCache
        evaluation.skipShare = task.data.skipUnusable.share
        evaluation.onWarning = progress.warnings()
        evaluation.journal = journal
        evaluation.machines = try task.openMachines()
        evaluation.unlabelled = try unlabelled.map { try openNamedCorpus($0, task.corpora.lists.reading) }
        try checkOutputs(files: outputs, corpora: [evaluation.corpus] + evaluation.unlabelled)
        evaluation.conditions = try conditions.map { try RecordingCopy(parsing: $0) }
        evaluation.enrolment =
            enrol.map { Enrolment(recordings: $0.numbers, draws: draws) } ?? (adapt ? .source(draws: draws) : nil)
        evaluation.enrolment?.adaptsToSource = adapt
        evaluation.enrolment?.label = enrolLabel
        evaluation.cancellation = signalCancellation
        guard Processes.leads else {
            _ = try evaluation.run()
            return
        }
        let run: EvaluationRun
        do { run = try evaluation.run(progress: progress.show) } catch let cancellation as Cancelled {
            progress.complain(Self.state(in: journal))
            throw cancellation
        }
        progress.finish()
        // The figures come first, so that they are not lost if a file cannot be written.
        try json == "-" ? StandardOutput.data(run.figures.json) : StandardOutput.line(run.figures.report)
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
    /// - Parameter journal: a file, or the folder of a study; nil for none.
    static func state(in journal: String?) -> String {
        guard let journal else { return "nothing was saved; run the same command again, with --journal FILE to save completed folds" }
        guard Files.exists(journal) else { return "no fold was completed; run the same command again" }
        return "completed folds are in \(journal); run the same command again to resume"
    }
}

/// Whole numbers separated by commas.
struct NumberList: ExpressibleByArgument {
    let numbers: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0.drop { $0 == " " }) }
        guard !parts.isEmpty, parts.allSatisfy({ $0 != nil }) else { return nil }
        numbers = parts.compactMap(\.self)
    }
}
