import StimmungFigures
import StimmungReports

extension LagExperiment {
    /// ‖∂L_T/∂h_{T−k}‖ by lag.
    func chart(_ curves: [Curve]) -> LineChart {
        LineChart(
            title: "Gradients through time", x: Axis("lag k", unit: "steps"),
            y: Axis("‖∂L/∂h(T−k)‖ / ‖∂L/∂h(T)‖", scale: .logarithmic, range: 1e-40...1e2),
            series: curves.map { curve in
                LineChart.Series(curve.name, points: curve.gradients.enumerated().map { LineChart.Point(Double($0), $1) })
            }
        ).with {
            $0.width = 520
            $0.height = 400
        }
    }

    var text: String {
        "Gradients through time: networks of \(cells) cells, loss on the last step only, mean of \(sequences) sequences of the adding problem. "
            + "× 1.7: recurrent weights scaled by this factor. Trained: by Adam on sequences of \(trainingSteps) steps, at most \(updates) "
            + "updates."
    }
}

extension DepthExperiment {
    /// Size of the weight gradients by layer.
    func chart(_ curves: [Curve]) -> LineChart {
        LineChart(
            title: "Gradients through layers", x: Axis("layer, counted from the input", isCount: true),
            y: Axis("root mean square gradient of a weight", scale: .logarithmic),
            series: curves.map { LineChart.Series($0.start.rawValue, y: $0.gradients) }
        ).with {
            $0.width = 520
            $0.height = 400
        }
    }

    /// `deep-mlp.svg`: training loss and frame accuracy by pass.
    package func picture(_ curves: [Curve], task: String) -> Picture {
        func chart(_ title: String, _ y: Axis, _ value: (LabelledFrames.Measurement) -> Double) -> LineChart {
            LineChart(
                title: title, x: Axis("passes over all frames", isCount: true), y: y,
                series: curves.map { curve in
                    LineChart.Series(
                        curve.start.rawValue, points: curve.measurements.enumerated().map { LineChart.Point(Double($0), value($1)) })
                }
            ).with {
                $0.width = 500
                $0.height = 340
            }
        }
        return Picture(
            name: "deep-mlp.svg", shows: "training of a deep perceptron without and with auto-encoder pre-training",
            figure: Sheet(
                title: "A perceptron with \(classifier.layers) hidden layers, without and with pre-training",
                rows: [
                    [
                        chart("Training loss", Axis("loss", unit: "nats per frame")) { $0.loss },
                        chart("Training accuracy", Axis("frame accuracy")) { $0.accuracy },
                    ]
                ], caption: "\(classifier.text). \(task) \(text)"))
    }

    var text: String {
        "Training by \(optimiser == .sgd ? "SGD with momentum 0.9" : "Adam"), rate \(learningRate), \(batch) frames per step. "
            + "Auto-encoder: \(pretrainingPasses) passes of unsupervised pre-training per layer by Adam, rate \(pretrainingRate), "
            + "\(isTied ? "tied" : "untied") weights\(pretrainingNoise > 0 ? ", noise \(pretrainingNoise)" : "")."
    }
}

/// The picture of both experiments on gradients.
package enum GradientPictures {
    /// `gradients.svg`: gradients by layer and by time lag.
    ///
    /// - Parameter depth: nil omits that panel.
    package static func gradients(
        lag: (experiment: LagExperiment, curves: [LagExperiment.Curve]),
        depth: (experiment: DepthExperiment, curves: [DepthExperiment.Curve])?,
        task: String
    ) -> Picture {
        var panels: [any Figure] = []
        var caption: [String] = []
        if let depth {
            panels.append(depth.experiment.chart(depth.curves))
            caption.append(
                "Gradients through layers: before training. \(depth.experiment.classifier.text); layer "
                    + "\(depth.experiment.classifier.layers + 1) is the output layer. \(task)")
        }
        panels.append(lag.experiment.chart(lag.curves))
        caption.append(lag.experiment.text)
        return Picture(
            name: "gradients.svg", shows: depth == nil ? "gradients by time lag" : "gradients by layer and by time lag",
            figure: Sheet(title: "Vanishing gradients", rows: [panels], caption: caption.joined(separator: "\n")))
    }
}
