import Foundation
import StimmungEvaluation
import StimmungFigures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// The results of an evaluation as pictures: confusions, accuracy by fold, recall by class, reliability and learning curves.
package struct EvaluationPictures: Sendable {
    private let result: EvaluationFigures
    /// The evaluation behind the figures; nil for figures that were read from a file.
    private let run: EvaluationRun?
    /// Prefix of the file names, such as `loso-7-lstm-`.
    package var prefix = ""

    package init(_ run: EvaluationRun) {
        result = run.figures
        self.run = run
    }

    /// Pictures of figures alone, as they are read from a file: without reliability and learning.
    package init(_ figures: EvaluationFigures) {
        result = figures
        run = nil
    }

    package func draw() -> [Picture] {
        guard let run else { return [confusion(), accuracies()] }
        return [confusion(), accuracies()] + (run.predictions.isEmpty ? [] : [reliability(run)])
            + (run.learning.contains { !$0.epochs.isEmpty } ? [learning(run.learning)] : [])
    }

    private var subject: String { "\(result.recipe) on \(result.corpus)" }

    private var conditions: String {
        let seeds = result.seeds.count == 1 ? "seed \(result.seeds[0])" : "\(result.seeds.count) seeds"
        let dependent = result.speakerDependent ? " (speaker-dependent)" : ""
        return "Protocol \(result.evaluationProtocol)\(dependent), normalisation \(result.normalisation.rawValue), \(seeds)."
    }

    private func confusion() -> Picture {
        let matrix = result.confusionMatrix
        let support = matrix.support
        var shares = Matrix(rows: matrix.classes.count, columns: matrix.classes.count)
        var texts: [[String]] = []
        for (truth, row) in matrix.counts.enumerated() {
            for (predicted, count) in row.enumerated() {
                shares[truth, predicted] = support[truth] > 0 ? 100 * Float(count) / Float(support[truth]) : .nan
            }
            texts.append(row.map { support[truth] > 0 ? String(format: "%.1f", 100 * Double($0) / Double(support[truth])) : "" })
        }
        // Each cell is wide enough for the name of its class.
        let cell = matrix.classes.map { TextSize.width($0, size: TextSize.tick) + 8 }.max() ?? 48
        let width = max(cell, 44) * Double(matrix.classes.count)
        let seeds = result.seeds.count
        let map = HeatMap(
            title: "Share of the true class in %", values: shares, x: .names("decided", matrix.classes),
            y: .names("true class (utterances)", zip(matrix.classes, support).map { "\($0) (\($1 / seeds))" }),
            scale: HeatMap.Scale("share of the true class (%)", range: 0...100)
        ).with {
            $0.texts = texts
            $0.plotWidth = width
            $0.plotHeight = max(34 * Double(matrix.classes.count), 150)
        }
        let sheet = Sheet(
            title: "Confusions of \(subject)", rows: [[map]],
            caption: "Each row sums to 100 %; the diagonal is the recall."
                + (result.confusionTitle.map { " Shares are of \($0)." } ?? "") + " \(conditions)")
        return Picture(name: prefix + "confusion.svg", shows: "confusions of the classes", figure: sheet)
    }

    private func accuracies() -> Picture {
        let seeds = Double(result.seeds.count)
        // Folds of one name from all seeds.
        var names: [String] = []
        for fold in result.folds where !names.contains(fold.test) { names.append(fold.test) }
        let folds = names.map { name in
            let own = result.folds.filter { $0.test == name }
            let accuracies = own.compactMap(\.wa)
            let accuracy = accuracies.isEmpty ? nil : accuracies.reduce(0, +) / Double(accuracies.count)
            let utterances = Double(own.reduce(0) { $0 + $1.utterances }) / Double(own.count)
            return IntervalChart.Row(shortened(name), [accuracy.flatMap { entry($0, utterances) }])
        }
        let matrix = result.confusionMatrix
        let classes = zip(matrix.classes, zip(matrix.recall, matrix.support)).map { name, figures in
            IntervalChart.Row(name, [figures.0.flatMap { entry($0, Double(figures.1) / seeds) }])
        }
        let axis = { (label: String) in Axis(label, unit: "%", range: 0...100) }
        let byFold = IntervalChart(
            title: result.speakerDependent ? "By random fold" : "By test speaker", x: axis("utterances recognised (WA)"), rows: folds
        ).with {
            $0.reference = result.wa.map { (100 * $0, "WA " + Percent.number($0)) }
        }
        let byClass = IntervalChart(title: "By class", x: axis("recall"), rows: classes).with {
            $0.reference = result.uar.map { (100 * $0, "UAR " + Percent.number($0)) }
        }
        let sheet = Sheet(
            title: "Accuracy of \(subject)", rows: [[byFold, byClass]],
            caption: "Lines are Wilson's 95 % intervals, which treat utterances as independent. \(conditions)")
        return Picture(name: prefix + "accuracy.svg", shows: "accuracy by fold and recall by class", figure: sheet)
    }

    private func entry(_ share: Double, _ utterances: Double) -> IntervalChart.Entry? {
        guard utterances > 0 else { return nil }
        let interval = Interval.wilson(proportion: min(max(share, 0), 1), of: utterances)
        return IntervalChart.Entry(100 * share, 100 * interval.lower...100 * interval.upper)
    }

    /// A group of many speakers, named by its first and last.
    private func shortened(_ name: String) -> String {
        let parts = name.split(separator: ",")
        guard name.count > 24, let first = parts.first, let last = parts.last else { return name }
        return parts.count > 2 ? "\(first) … \(last)" : String(name.prefix(23)) + "…"
    }

    private func reliability(_ run: EvaluationRun) -> Picture {
        let chart = ReliabilityChart(title: "Accuracy by confidence", reliability: run.reliability)
        let rejection = result.riskCoverage.map { RiskCoverageChart(title: "Errors by share of answers", curve: $0, height: chart.height) }
        let sheet = Sheet(
            title: "Reliability of \(subject)", rows: [[chart] + (rejection.map { [$0] } ?? [])],
            caption: "On the dashed diagonal, confidence equals accuracy. Dots are bins at their mean confidence, with 95 % intervals. "
                + (rejection == nil
                    ? ""
                    : "The curve on the right has the errors if only the most confident decisions are answered, from 5 % of them on; its dashed line is the lowest possible, with all errors last. ")
                + "Log loss \(Decimals.text(result.logLoss, digits: 3)) nats, Brier score \(Decimals.text(result.brier, digits: 3)), expected calibration error "
                + "\(Percent.text(result.calibrationError)). \(conditions)")
        return Picture(name: prefix + "reliability.svg", shows: "accuracy by confidence, and errors by share of answers", figure: sheet)
    }

    private func learning(_ learning: [EvaluationRun.LearningCurve]) -> Picture {
        let last = learning.map(\.epochs.count).max() ?? 0
        func values(_ epoch: Int, _ figure: (Int, Int) -> Double?) -> [Double] {
            learning.indices.compactMap { figure($0, epoch) }
        }
        func chart(_ title: String, _ axis: Axis, _ figure: (Int, Int) -> Double?) -> LineChart {
            func series(_ name: String, _ pooled: ([Double]) -> Double?) -> LineChart.Series {
                LineChart.Series(
                    name,
                    points: (0..<last).compactMap { epoch in
                        pooled(values(epoch, figure)).map { LineChart.Point(Double(epoch + 1), $0) }
                    })
            }
            let all = [
                series("mean of the folds") { $0.isEmpty ? nil : $0.reduce(0, +) / Double($0.count) }, series("lowest fold") { $0.min() },
                series("highest fold") { $0.max() },
            ]
            return LineChart(
                title: title, x: Axis("epoch", isCount: true), y: axis, series: learning.count > 1 ? all : [series("") { $0.first }])
        }
        func report(_ fold: Int, _ epoch: Int) -> Double? {
            learning[fold].epochs.indices.contains(epoch) ? learning[fold].epochs[epoch].loss : nil
        }
        func share(_ fold: Int, _ epoch: Int) -> Double? {
            learning[fold].epochs.indices.contains(epoch) ? 100 * learning[fold].epochs[epoch].frameAccuracy : nil
        }
        let rows = result.frameAccuracy == nil ? "utterance" : "frame"
        let sheet = Sheet(
            title: "Training of \(subject)",
            rows: [
                [
                    chart("Training loss", Axis("loss per \(rows)", unit: "nats"), report),
                    chart("Training \(rows)s recognised", Axis("\(rows)s", unit: "%"), share),
                ]
            ],
            caption:
                "On the training data, with dropout; \(learning.count) fold\(learning.count == 1 ? "" : "s") over all seeds. "
                + conditions)
        return Picture(name: prefix + "learning.svg", shows: "loss and accuracy in training, by epoch", figure: sheet)
    }
}
