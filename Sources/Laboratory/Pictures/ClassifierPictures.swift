import StimmungFigures
import StimmungReports

extension OptimiserComparison {
    /// `optimisers.svg`: training loss by passes and by seconds.
    ///
    /// - Parameter task: describes frames, speakers and seed in the caption.
    package func picture(_ curves: [Curve], task: String) -> Picture {
        func chart(_ title: String, _ axis: Axis, _ x: (Point) -> Double) -> LineChart {
            // A logarithmic axis cannot show the starting point at 0.
            LineChart(
                title: title, x: axis, y: Axis("training loss", unit: "nats per frame", scale: .logarithmic),
                series: curves.map { curve in
                    LineChart.Series(
                        curve.rate.map { "\(curve.name), rate \($0)" } ?? curve.name,
                        points: curve.points.filter { x($0) > 0 }.map { LineChart.Point(x($0), $0.loss) })
                }
            ).with {
                $0.width = 500
                $0.height = 360
            }
        }
        let figures = [
            chart("Loss by passes over the data", Axis("passes over all frames", scale: .logarithmic)) { Double($0.passes) },
            chart("Loss by time", Axis("time", unit: "s", scale: .logarithmic)) { $0.seconds },
        ]
        return Picture(
            name: "optimisers.svg", shows: "training loss by passes and by seconds",
            figure: Sheet(
                title: "Optimisers compared", rows: [figures],
                caption:
                    "\(classifier.text). \(task) A pass reads all frames once: an epoch of SGD and Adam (\(batch) frames per step); each "
                    + "gradient of L-BFGS; each gradient, Gauss–Newton product, estimate of the diagonal and trial loss of Hessian-free."))
    }
}

extension FrameClassifier {
    /// A description for captions.
    var text: String { "A frame classifier: a perceptron with \(layers) layers of \(units) \(unit.rawValue) units and softmax outputs" }
}

extension OverfittingExperiment {
    /// `overfitting.svg`: loss by pass on training frames and on frames of held-out speakers.
    package func picture(_ curves: [Curve], task: String) -> Picture {
        func chart(_ title: String, _ values: (Curve) -> [LabelledFrames.Measurement]) -> LineChart {
            LineChart(
                title: title, x: Axis("passes over the training frames", isCount: true), y: Axis("loss", unit: "nats per frame"),
                series: curves.map { curve in
                    LineChart.Series(curve.name, points: values(curve).enumerated().map { LineChart.Point(Double($0), $1.loss) })
                }
            ).with {
                $0.width = 500
                $0.height = 360
            }
        }
        return Picture(
            name: "overfitting.svg", shows: "training and held-out loss without and with regularisation",
            figure: Sheet(
                title: "Overfitting and regularisation",
                rows: [[chart("Training speakers") { $0.training }, chart("Held-out speakers") { $0.heldOut }]],
                caption:
                    "\(classifier.text). \(task) Adam, rate \(learningRate), \(batch) frames per step. All losses are measured without dropout, "
                    + "noise and penalties."))
    }
}
