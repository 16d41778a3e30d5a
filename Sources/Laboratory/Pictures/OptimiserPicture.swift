import StimmungFigures
import StimmungReports

extension OptimiserComparison {
    /// `optimisers.svg`: training loss against passes, and against seconds.
    ///
    /// - Parameter task: frames, speakers and seed, for the caption.
    package func picture(_ curves: [Curve], task: String) -> Picture {
        func chart(_ title: String, _ axis: Axis, _ x: (Point) -> Double) -> LineChart {
            // The start has no place on a logarithmic axis.
            LineChart(
                title: title, x: axis, y: Axis("training loss", unit: "nats a frame", scale: .logarithmic),
                series: curves.map { curve in
                    LineChart.Series(
                        curve.rate.map { "\(curve.name), rate \($0)" } ?? curve.name,
                        points: curve.points.filter { x($0) > 0 }.map { LineChart.Point(x($0), $0.loss) })
                }, width: 500, height: 360)
        }
        let figures = [
            chart("Loss by passes over the data", Axis("passes over all frames", scale: .logarithmic)) { Double($0.passes) },
            chart("Loss by time", Axis("time", unit: "s", scale: .logarithmic)) { $0.seconds },
        ]
        return Picture(
            name: "optimisers.svg", shows: "training loss by passes and by seconds",
            figure: Sheet(
                title: "One task, one start: four ways down", rows: [figures],
                caption:
                    "\(classifier.text). \(task) A pass is a walk over all frames: an epoch of SGD and Adam (\(batch) frames a step); each "
                    + "gradient of L-BFGS; each gradient, Gauss–Newton product, estimate of the diagonal and tried loss of Hessian-free."))
    }
}

extension FrameClassifier {
    /// In words, for captions.
    var text: String { "A perceptron of \(layers) layers of \(units) \(unit.rawValue) units and softmax outputs, for single frames" }
}
