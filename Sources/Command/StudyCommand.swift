import ArgumentParser
import Foundation
import Stimmung
import StimmungEvaluation
import StimmungFeatures
import StimmungSupport

struct StudyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Evaluate the study's recipes on a corpus and compare them.",
        discussion: """
            stimmung study --corpus emodb --seeds 3 --report report
            stimmung study --corpus emodb --systems lstm,functionals-mlp,mine.yaml

            Splits:
              six classes, random 10-fold (speaker-dependent)
              six classes, leave one speaker out
              all classes, leave one speaker out

            A corpus of more than 12 speakers is tested in 6 groups of speakers.

            Completed folds are saved in a folder. Run the command again to resume. More seeds or systems reuse the completed folds.
            """)

    @Option(
        help: ArgumentHelp("Folder of a known corpus (see \"stimmung corpus list\"), or a CSV manifest.", valueName: "path"),
        completion: .file())
    var corpus: String

    @Option(
        help: ArgumentHelp("Recipes by name or path. (default: \(StudySystems.names.joined(separator: ", ")))", valueName: "a,b"),
        completion: .list(Recipe.Catalogue.names))
    var systems: String?

    @Option(help: ArgumentHelp("Number of seeds; results are averaged.", valueName: "n"))
    var seeds = 1

    @Option(help: ArgumentHelp("First random seed.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("Override each recipe's number of epochs, for a quick look.", valueName: "n"))
    var epochs: Int?

    @Option(help: ArgumentHelp("Override each recipe's normalisation.", valueName: "kind"))
    var normalisation: Normalisation?

    @Option(help: ArgumentHelp("Folder for completed folds.", valueName: "folder"), completion: .directory)
    var journal = "stimmung-study"

    @Option(
        help: ArgumentHelp(
            "Also write the figures as JSON. With -, print JSON instead of the tables.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var json: String?

    @OptionGroup var report: ReportOptions
    @OptionGroup var compute: ComputeOptions
    @OptionGroup var lists: ListOptions
    @OptionGroup var data: CorpusOptions
    @OptionGroup var cache: CacheOptions

    func validate() throws {
        try checkSeeds(seeds, from: seed)
    }

    mutating func run(_ featureCache: FeatureCache?) throws {
        try checkOutputs(files: [json], folders: [report.report, journal], inputs: [corpus] + systemWords)
        try refuseRecordings(asOutputs: [json])
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        var study = try Study(of: openNamedCorpus(corpus, lists.reading), systems: openSystems())
        study.seeds = (0..<UInt64(seeds)).map { seed + $0 }
        study.workers = compute.workers
        study.cache = featureCache
        study.skipShare = data.skipUnusable.share
        study.onWarning = progress.warnings()
        study.cancellation = signalCancellation
        study.folder = journal
        guard Processes.leads else {
            _ = try study.run()
            return
        }
        let run: StudyRun
        do { run = try study.run(progress: progress.show) } catch let cancellation as Cancelled {
            progress.complain(Evaluate.state(in: journal))
            throw cancellation
        }
        progress.finish()
        // The figures come first, so that they are not lost if a file cannot be written.
        try json == "-" ? StandardOutput.data(run.figures.json) : StandardOutput.line(run.figures.report)
        if let json, json != "-" { try AtomicFile.write(Data((run.figures.json + "\n").utf8), to: json) }
        do { try report.write(run, of: study, progress) } catch let cancellation as Cancelled {
            progress.complain("the figures are complete, but no report was written; \(Evaluate.state(in: journal))")
            throw cancellation
        }
        if !run.figures.failures.isEmpty { throw CommandFailure("\(counted(run.figures.failures.count, "evaluation")) failed; see above") }
    }

    private var systemWords: [String] {
        systems?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty } ?? StudySystems.names
    }

    private func openSystems() throws -> [Recipe] {
        let words = systemWords
        if words.isEmpty { throw ValidationError("--systems is empty. Give recipes by name or path.") }
        let recipes = try words.map { name in
            var recipe = try Recipe(nameOrPath: name)
            if let epochs { recipe.training.epochs = epochs }
            if let normalisation { recipe.normalisation = normalisation }
            return recipe
        }
        // File names of the report must differ too.
        let same = Dictionary(grouping: recipes.indices) { plainName(recipes[$0].name) }.values.filter { $0.count > 1 }
        if let first = same.min(by: { $0[0] < $1[0] }) {
            let sources = first.map { words[$0] }.joined(separator: " and ")
            throw ValidationError(
                "--systems \(sources) have the same name, \(recipes[first[0]].name). Change or remove the key \"name\" of one of them."
            )
        }
        return recipes
    }
}
