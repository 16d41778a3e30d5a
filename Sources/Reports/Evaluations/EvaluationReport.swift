import Foundation
import StimmungEvaluation
import StimmungSupport

/// The report of one evaluation: figures, pictures, and where they come from.
package struct EvaluationReport: Sendable {
    package var result: EvaluationResult
    /// The network of one fold, to be looked at; nil shows none.
    package var network: FoldNetwork?
    package var provenance: Provenance
    package var workers = Workers()

    package init(_ result: EvaluationResult, network: FoldNetwork?, provenance: Provenance) {
        self.result = result
        self.network = network
        self.provenance = provenance
    }

    /// - Throws: `FeatureError`, where an utterance to be shown cannot be read; `ReportError`.
    package func page() throws -> ReportPage {
        var page = ReportPage(title: "\(result.recipe) on \(result.corpus)")
        page.paragraph("\(result.utterances) test utterances of \(result.classes.count) classes, \(result.terms).")
        page.table(
            columns: ["figure", "mean over seeds", "95 % interval"],
            rows: [
                ["WA, utterances recognised", percent(result.wa), interval(result.waInterval)],
                ["UAR, mean recall of the classes", percent(result.uar), interval(result.uarInterval)],
                ["macro F1", percent(result.macroF1), ""],
            ] + (result.frameAccuracy.map { [["frames recognised", percent($0), ""]] } ?? []) + [
                ["log loss", String(format: "%.3f nats", result.logLoss), ""],
                ["Brier score", String(format: "%.3f", result.brier), ""],
                ["expected calibration error, 15 bins", percent(result.calibrationError), ""],
            ])
        page.paragraph("Intervals take utterances as independent; those of a speaker are not quite, so they are rather too narrow.")
        if result.runs.count > 1 {
            page.table(
                columns: ["seed", "WA", "UAR"] + (result.frameAccuracy == nil ? [] : ["frames"]),
                rows: result.runs.map { run in
                    ["\(run.seed)", percent(run.wa), percent(run.uar)] + (run.frameAccuracy.map { [percent($0)] } ?? [])
                })
        }
        page.heading("Results")
        for picture in EvaluationPictures(result).draw() { page.picture(picture) }
        if !result.conditions.isEmpty {
            page.heading("Altered test recordings", level: 3)
            page.table(
                columns: ["change", "WA", "UAR", "UAR against unaltered"],
                rows: result.conditions.map {
                    [$0.condition, percent($0.wa), percent($0.uar), "\($0.points(above: result.uar)) points"]
                })
        }
        if let network {
            page.heading("What a network has learnt")
            try FoldExhibit(network: network, workers: workers, prefix: "").write(to: &page)
        }
        provenance.write(to: &page)
        return page
    }

    private func interval(_ interval: Interval) -> String { String(format: "%.1f–%.1f %%", 100 * interval.lower, 100 * interval.upper) }
}
