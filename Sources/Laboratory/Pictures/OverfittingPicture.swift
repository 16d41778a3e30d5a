import StimmungFigures
import StimmungReports

extension OverfittingExperiment {
    /// `overfitting.svg`: loss on training frames and on those of held-out speakers, by pass.
    package func picture(_ curves: [Curve], task: String) -> Picture {
        func chart(_ title: String, _ values: (Curve) -> [LabelledFrames.Measurement]) -> LineChart {
            LineChart(
                title: title, x: Axis("passes over the training frames", isCount: true), y: Axis("loss", unit: "nats a frame"),
                series: curves.map { curve in
                    LineChart.Series(curve.name, points: values(curve).enumerated().map { LineChart.Point(Double($0), $1.loss) })
                }, width: 500, height: 360)
        }
        return Picture(
            name: "overfitting.svg", shows: "training and held-out loss without and with regularisation",
            figure: Sheet(
                title: "Over-fitting, and what helps",
                rows: [[chart("Training speakers") { $0.training }, chart("Held-out speakers") { $0.heldOut }]],
                caption:
                    "\(classifier.text). \(task) Adam, rate \(learningRate), \(batch) frames a step. All losses are measured without dropout, "
                    + "noise and penalties."))
    }
}
