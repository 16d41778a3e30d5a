import Stimmung
import StimmungBoltzmann
import StimmungFigures

extension MachinePictures {
    /// `learning.svg`: errors and the free-energy gap by epoch, for each machine of the stack.
    func learning() -> Picture {
        func series(_ name: String, _ value: (LearningReport) -> Double?) -> [LineChart.Series] {
            history.enumerated().compactMap { number, reports in
                let points = reports.compactMap { report in value(report).map { LineChart.Point(Double(report.epoch), $0) } }
                let place = history.count > 1 ? "machine \(number + 1), " : ""
                return points.isEmpty ? nil : LineChart.Series(place + name, points: points)
            }
        }
        let errors = series("reconstruction") { $0.reconstructionError } + series("prediction from the past") { $0.predictionError }
        let gaps = series("gap") { $0.freeEnergyGap }
        var figures: [any Figure] = [
            LineChart(
                title: "Errors", x: Axis("epoch", isCount: true),
                y: Axis("mean squared error", unit: history.count > 1 ? nil : "standardised"), series: errors
            ).with {
                $0.width = 500
                $0.height = 340
            }
        ]
        var caption = [
            "Reconstruction: training frames against their means after one Gibbs step, with drawn hidden units, during the updates of an epoch. "
                + "Prediction: held-out frames (training frames if none are held out) against their prediction from the past. "
                + "The mean of the features has the error 1."
        ]
        if history.count > 1 {
            caption.append("Machines above the first see probabilities instead of standardised features, so their errors are smaller.")
        }
        if gaps.isEmpty {
            caption.append("Without held-out speakers, the free-energy gap is not defined.")
        } else {
            figures.append(
                LineChart(
                    title: "Free-energy gap", x: Axis("epoch", isCount: true), y: Axis("F(training) − F(held out)", unit: "nats per frame"),
                    series: gaps
                ).with {
                    $0.baseline = 0
                    $0.width = 500
                    $0.height = 340
                })
            caption.append(
                "Gap: mean free energy F of training frames minus that of held-out speakers' frames. A gap near 0, or a constant one, means that "
                    + "both are equally likely; a gap that keeps falling is over-fitting (Hinton 2010).")
        }
        let title = history.count > 1 ? "Learning of a stack of \(history.count) machines" : "Learning of a \(name)"
        return Picture(
            name: "learning.svg", shows: "errors\(gaps.isEmpty ? "" : " and the free-energy gap") by epoch",
            figure: Sheet(title: title, rows: [figures], caption: caption.joined(separator: "\n")))
    }
}
