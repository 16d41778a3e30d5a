import StimmungEvaluation
import StimmungSupport

/// The report of one evaluation: figures, pictures and provenance.
public struct EvaluationReport: Sendable {
    /// Evaluation to report.
    public var run: EvaluationRun
    /// Networks of one fold, to show in pictures; nil leaves these pictures out.
    public var network: FoldNetwork?
    /// Command, date, corpus and recipes, printed at the end of the report.
    public var provenance: Provenance
    /// Threads for the pictures of `network`.
    public var workers = Workers()

    /// Prepares a report of `run`, with pictures of `network` unless it is nil.
    public init(_ run: EvaluationRun, network: FoldNetwork?, provenance: Provenance) {
        self.run = run
        self.network = network
        self.provenance = provenance
    }

    /// The report as a page, with its pictures drawn.
    ///
    /// - Throws: `FeatureError` if a recording cannot be read; `ReportError`; another `StimmungError` if temporary files fail.
    public func page() throws -> ReportPage {
        let result = run.figures
        var page = ReportPage(title: "\(result.recipe) on \(result.corpus)")
        page.paragraph("\(result.utterances) test utterances of \(result.classes.count) classes, \(result.terms).")
        page.table(
            columns: ["figure", "mean over seeds", "95 % interval"],
            rows: [
                ["WA, utterances recognised", Percent.text(result.wa), interval(result.waInterval)],
                ["UAR, mean recall of the classes", Percent.text(result.uar), interval(result.uarInterval)],
                ["macro F1", Percent.text(result.macroF1), ""],
            ] + (result.uarOfTrained.map { [["UAR of the classes that a fold trained", Percent.text($0), ""]] } ?? [])
                + (result.frameAccuracy.map { [["frames recognised", Percent.text($0), ""]] } ?? []) + [
                    ["log loss", Decimals.text(result.logLoss, digits: 3) + (result.logLoss == nil ? "" : " nats"), ""],
                    ["Brier score", Decimals.text(result.brier, digits: 3), ""],
                    ["expected calibration error, 15 bins", Percent.text(result.calibrationError), ""],
                ]
                + (result.riskCoverage.map {
                    [
                        ["WA of the most confident 80 %", Percent.text($0.accuracyAt80), ""],
                        ["WA of the most confident 50 %", Percent.text($0.accuracyAt50), ""],
                        ["area under the risk–coverage curve", Decimals.text($0.area, digits: 3), ""],
                    ]
                } ?? []))
        if !result.leftOut.isEmpty {
            page.heading("Labels left out", level: 3)
            page.table(
                columns: ["corpus", "label", "utterances"], rows: result.leftOut.map { [$0.corpus, $0.label, "\($0.utterances)"] })
        }
        if !result.warnings.isEmpty {
            page.heading("Warnings", level: 3)
            page.list(result.warnings.map(\.message))
        }
        page.paragraph("Intervals treat utterances as independent. Utterances of one speaker are not, so the intervals are rather narrow.")
        if result.runs.count > 1 {
            page.table(
                columns: ["seed", "WA", "UAR"] + (result.frameAccuracy == nil ? [] : ["frames"]),
                rows: result.runs.map { run in
                    ["\(run.seed)", Percent.text(run.wa), Percent.text(run.uar)] + (run.frameAccuracy.map { [Percent.text($0)] } ?? [])
                })
        }
        page.heading("Results")
        for picture in EvaluationPictures(run).draw() { page.picture(picture) }
        if !result.conditions.isEmpty {
            page.heading("Altered test recordings", level: 3)
            page.table(
                columns: ["change", "WA", "UAR", "UAR against unaltered"],
                rows: result.conditions.map {
                    [$0.condition, Percent.text($0.wa), Percent.text($0.uar), "\($0.points(above: result.uar)) points"]
                })
        }
        if let network {
            page.heading("A network in pictures")
            try FoldExhibit(network: network, workers: workers, prefix: "").write(to: &page)
        }
        provenance.write(to: &page)
        return page
    }

    private func interval(_ interval: Interval?) -> String { interval.map { $0.percent + " %" } ?? "–" }
}
