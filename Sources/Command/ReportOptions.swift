import ArgumentParser
import Foundation
import Stimmung
import StimmungCorpora
import StimmungEvaluation
import StimmungFigures
import StimmungReports
import StimmungSupport

/// The option `--report`.
struct ReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Also write a report: report.html, one self-contained file, and each picture as SVG. The folder is created if missing. \
            The networks of one fold are trained again for it.
            """, valueName: "folder"), completion: .directory)
    var report: String?

    func write(_ run: EvaluationRun, of evaluation: Evaluation, _ progress: ProgressLine) throws {
        guard let report else { return }
        let network = try evaluation.network(ofFold: 0, progress: show(progress, evaluation.recipe.name))
        var document = EvaluationReport(run, network: network, provenance: .command(network.plan.corpus, [evaluation.recipe]))
        document.workers = evaluation.workers
        try write(document.page(), to: report, progress)
    }

    func write(_ run: StudyRun, of study: Study, _ progress: ProgressLine) throws {
        guard let report else { return }
        var networks: [FoldNetwork] = []
        // The last split has all classes, and leaves speakers out if there are several.
        if let split = run.figures.splits.last, let plan = study.splits.last {
            let done = split.systems.filter { $0.figures != nil }.map(\.system)
            let chosen = StudySystems.pictured.filter(done.contains)
            for recipe in study.systems where (chosen.isEmpty ? Array(done.prefix(1)) : chosen).contains(recipe.name) {
                var evaluation = Evaluation(recipe: recipe, corpus: study.corpus, evaluationProtocol: plan.evaluationProtocol)
                evaluation.classes = plan.classes
                evaluation.seeds = Array(study.seeds.prefix(1))
                evaluation.workers = study.workers
                evaluation.cache = study.cache
                evaluation.cancellation = study.cancellation
                networks.append(try evaluation.network(ofFold: 0, progress: show(progress, recipe.name)))
            }
        }
        var document = StudyReport(run, networks: networks, provenance: .command(study.corpus, study.systems))
        document.workers = study.workers
        try write(document.page(), to: report, progress)
    }

    private func show(_ progress: ProgressLine, _ recipe: String) -> @Sendable (WorkProgress) -> Void {
        { step in
            if step.stage == .training { progress.update("report", step.completed, of: step.total, note: "epochs of \(recipe)") }
        }
    }

    private func write(_ page: ReportPage, to folder: String, _ progress: ProgressLine) throws {
        progress.say("report: \(try page.write(making: folder)), and \(page.pictures.count) pictures beside it")
    }
}

extension ReportPage {
    /// Writes the page into a folder, which is created if missing.
    ///
    /// - Returns: the page's path.
    func write(making folder: String) throws -> String {
        do {
            try Files.makeFolder(folder)
        } catch { throw CommandFailure("cannot create the folder \(folder): \(error.reason)") }
        return try write(folder: folder)
    }
}

extension Provenance {
    /// The command line of this run and the current time.
    static func command(_ corpus: Corpus, _ recipes: [Recipe]) -> Provenance {
        Provenance(
            command: (["stimmung"] + StimmungCommand.words.map(shellQuoted)).joined(separator: " "),
            date: Date().formatted(.iso8601), corpus: corpus, recipes: recipes)
    }
}

/// A word, quoted for a shell if necessary.
private func shellQuoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.allSatisfy { ($0.isASCII && ($0.isLetter || $0.isNumber)) || "-_./=,:+%@".contains($0) }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}
