import Foundation
import StimmungCorpora
import StimmungEvaluation
import StimmungFigures
import StimmungNetworks
import StimmungSupport

/// The report of a study: a chart and a table per split, the pictures of each system, and pictures of some networks.
package struct StudyReport: Sendable {
    package var run: StudyRun
    /// Networks to show, each of another recipe.
    package var networks: [FoldNetwork]
    package var provenance: Provenance
    package var workers = Workers()

    package init(_ run: StudyRun, networks: [FoldNetwork], provenance: Provenance) {
        self.run = run
        self.networks = networks
        self.provenance = provenance
    }

    private var result: StudyFigures { run.figures }

    /// - Throws: `FeatureError` if an utterance cannot be read; `ReportError`.
    package func page() throws -> ReportPage {
        var page = ReportPage(title: "The study's systems on \(result.corpus)")
        let seeds = result.seeds.map(String.init).joined(separator: ", ")
        page.paragraph(
            "\(result.utterances) utterances of \(result.speakers) speakers, seed\(result.seeds.count > 1 ? "s" : "") \(seeds), \(result.conditions). "
                + "The systems are those of Z. Han, Deep Network for Speech Emotion Recognition – A Study of Deep Learning (Stuttgart, 2015), of its outlook, and of the field."
        )
        for split in result.splits { write(split, to: &page) }
        page.heading("How to read the tables", level: 3)
        page.list(result.notes)
        if !result.warnings.isEmpty {
            page.heading("Warnings", level: 3)
            page.list(result.warnings)
        }
        if !result.failures.isEmpty {
            page.heading("Failed evaluations", level: 3)
            page.list(result.failures)
        }
        if !networks.isEmpty {
            page.heading("Networks in pictures")
            for (number, network) in networks.enumerated() {
                try page.details(
                    "\(network.recipe.name), protocol \(network.plan.evaluationProtocol), fold \(network.fold.name), seed \(network.seed)",
                    isOpen: number == 0
                ) { try FoldExhibit(network: network, workers: workers, prefix: "\(plainName(network.recipe.name))-").write(to: &$0) }
            }
        }
        provenance.write(to: &page)
        return page
    }

    private func write(_ split: StudyFigures.SplitResult, to page: inout ReportPage) {
        page.heading(split.title.prefix(1).uppercased() + split.title.dropFirst() + (split.speakerDependent ? " (speaker-dependent)" : ""))
        if split.systems.contains(where: { $0.figures != nil }) { page.picture(summary(split)) }
        page.table(columns: StudyFigures.columns, rows: result.rows(split))
        for system in split.systems {
            guard let evaluation = run.evaluation(of: system.system, split: split.name) else { continue }
            let (wa, uar) = (evaluation.figures.wa, evaluation.figures.uar)
            page.details("\(system.system): WA \(Percent.text(wa)), UAR \(Percent.text(uar))") { page in
                var pictures = EvaluationPictures(evaluation)
                pictures.prefix = "\(split.name)-\(plainName(system.system))-"
                for picture in pictures.draw() { page.picture(picture) }
            }
        }
    }

    private func summary(_ split: StudyFigures.SplitResult) -> Picture {
        let hasPrinted = split.systems.contains { $0.printed != nil }
        func entry(_ value: Double?, _ interval: Interval?) -> IntervalChart.Entry? {
            value.map { IntervalChart.Entry(100 * $0, interval.map { 100 * $0.lower...100 * $0.upper }) }
        }
        func rows(_ measured: (EvaluationFigures) -> IntervalChart.Entry?, printed: Bool) -> [IntervalChart.Row] {
            split.systems.compactMap { system in
                guard let figures = system.figures else { return nil }
                return IntervalChart.Row(
                    system.system, [measured(figures)] + (printed ? [system.printed.map { IntervalChart.Entry(100 * $0) }] : []))
            }
        }
        let accuracy = IntervalChart(
            title: "Utterances recognised", x: Axis("WA", unit: "%"),
            series: hasPrinted ? ["measured here", "printed in the study"] : [""],
            rows: rows({ entry($0.wa, $0.waInterval) }, printed: hasPrinted))
        let recall = IntervalChart(
            title: "Mean recall of the classes", x: Axis("UAR", unit: "%"), rows: rows({ entry($0.uar, $0.uarInterval) }, printed: false)
        ).with {
            $0.plotWidth = 260
        }
        let sheet = Sheet(
            title: "\(result.corpus), \(split.title)", rows: [[accuracy, recall]],
            caption: "Dots are means over the seeds; lines are 95 % intervals, which treat utterances as independent."
                + (split.speakerDependent ? " Test speakers are heard in training, so the figures do not hold for new speakers." : ""))
        return Picture(name: "\(split.name)-summary.svg", shows: "every system's accuracy, with intervals", figure: sheet)
    }
}
