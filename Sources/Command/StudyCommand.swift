import ArgumentParser
import Foundation
import Stimmung
import StimmungEvaluation
import StimmungFeatures
import StimmungSupport

struct StudyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Evaluates every system of the study on a corpus, and compares them.",
        discussion: """
            stimmung study --corpus emodb --seeds 3 --report report
            stimmung study --corpus emodb --systems lstm,functionals-mlp,mine.yaml

            Splits: the study's two, random 10-fold (speaker-dependent) and leave one
            speaker out, with its six classes where the corpus has them; and the field's,
            leave one speaker out with all classes. A corpus of more than 12 speakers is
            tested in 6 groups of speakers.

            Each fold that is done is kept in a folder: after Ctrl-C, or with more seeds or
            systems, the same command goes on from there.
            """)

    @Option(help: ArgumentHelp("A folder of a known corpus (see \"stimmung corpus list\"), or a CSV manifest.", valueName: "path"))
    var corpus: String

    @Option(help: ArgumentHelp("Recipes by name or path. (default: \(StudySystems.names.joined(separator: ",")))", valueName: "a,b"))
    var systems: String?

    @Option(help: ArgumentHelp("Repeats each evaluation with so many seeds, and gives the mean.", valueName: "n"))
    var seeds = 1

    @Option(help: ArgumentHelp("The first seed.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("In place of each recipe's, for a quick look.", valueName: "n"))
    var epochs: Int?

    @Option(help: ArgumentHelp("In place of each recipe's: \(names(of: Normalisation.self)).", valueName: "kind"))
    var normalisation: Normalisation?

    @Option(help: ArgumentHelp("Keeps each fold that is done in files of this folder.", valueName: "folder"))
    var journal = "stimmung-study"

    @Option(
        help: ArgumentHelp(
            "Also writes the figures as JSON to a file; - writes them to standard output in place of the tables.", valueName: "file"))
    var json: String?

    @OptionGroup var report: ReportOptions
    @OptionGroup var compute: ComputeOptions
    @OptionGroup var cache: CacheOptions

    func validate() throws {
        try checkSeeds(seeds, from: seed)
    }

    mutating func run(_ featureCache: FeatureCache?) throws {
        try checkOutputs(files: [json], folders: [report.report, journal], inputs: [corpus])
        let progress = ProgressLine(quiet: compute.quiet)
        defer { progress.finish() }
        var study = try Study(of: openNamedCorpus(corpus), systems: openSystems())
        study.seeds = (0..<UInt64(seeds)).map { seed + $0 }
        study.workers = compute.workers
        study.cache = featureCache
        study.cancellation = signalCancellation
        study.folder = journal
        let run: StudyRun
        do { run = try study.run(progress: progress.show) } catch let cancellation as Cancelled {
            progress.say(Evaluate.kept(in: journal))
            throw cancellation
        }
        progress.finish()
        // The figures first: should a file fail, they are not lost.
        try json == "-" ? StandardOutput.data(run.figures.json) : StandardOutput.line(run.figures.report)
        if let json, json != "-" { try AtomicFile.write(Data((run.figures.json + "\n").utf8), to: json) }
        do { try report.write(run, of: study, progress) } catch let cancellation as Cancelled {
            progress.say("no report was written; the same command writes it, for the folds are kept in \(journal)")
            throw cancellation
        }
        if !run.figures.failures.isEmpty { throw CommandFailure("\(counted(run.figures.failures.count, "evaluation")) failed; see above") }
    }

    private func openSystems() throws -> [Recipe] {
        let wanted = systems?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        if let wanted, wanted.isEmpty { throw ValidationError("--systems names no recipe.") }
        let recipes = try (wanted ?? StudySystems.names).map { name in
            var recipe = try Recipe(nameOrPath: name)
            if let epochs { recipe.training.epochs = epochs }
            if let normalisation { recipe.normalisation = normalisation }
            return recipe
        }
        let names = recipes.map(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ValidationError("--systems has two recipes with the name \(twice): give the one of your file another name.")
        }
        return recipes
    }
}
