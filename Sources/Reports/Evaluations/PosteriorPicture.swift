import Foundation
import Stimmung
import StimmungEvaluation
import StimmungFeatures
import StimmungFigures
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// A network's posteriors along test utterances, below their spectrograms.
package struct PosteriorPicture: Sendable {
    package var network: FoldNetwork

    package init(_ network: FoldNetwork) {
        self.network = network
    }

    /// The first test utterance that is recognised and the first that is not, among those that are short enough to show. Nil for a recipe of functionals,
    /// which has no frames, and if no utterance is short enough.
    ///
    /// - Throws: `FeatureError`, `FrameError`.
    package func draw(name: String) throws -> Picture? {
        guard !network.recipe.features.isPooled else { return nil }
        var right: Int?
        var wrong: Int?
        for index in network.fold.test where right == nil || wrong == nil {
            let logs = try network.logPosteriors(ofUtterance: index)
            guard Double(logs.rows) * network.recipe.features.hop <= Self.mostSeconds else { continue }
            if try network.system.pooling(of: logs).decided == truth(index) { right = right ?? index } else { wrong = wrong ?? index }
        }
        let shown = [right, wrong].compactMap { $0 }
        guard !shown.isEmpty else { return nil }
        let columns = try shown.map { try column($0) }
        let choice =
            shown.count == 2
            ? "The first test utterance that is recognised and the first that is not"
            : right != nil ? "The first test utterance; all are recognised" : "The first test utterance; none is recognised"
        let sheet = Sheet(
            title: "Posteriors of \(network.recipe.name) along an utterance", rows: columns.map { [$0] },
            caption:
                "\(choice), of fold \(network.fold.name), seed \(network.seed): log-mel spectrum above, posteriors of each frame below. "
                + "The utterance is decided by \(network.recipe.decision == .logPosteriors ? "the sum of log posteriors" : "the mean of the posteriors")."
        )
        return Picture(name: name, shows: "posteriors along test utterances, below their spectrograms", figure: sheet)
    }

    /// Longer recordings would be too dense.
    private static let mostSeconds = 20.0

    private func truth(_ index: Int) -> Int? { network.plan.classes.index(of: network.plan.corpus.utterances[index].emotion) }

    private func column(_ index: Int) throws -> Column {
        let utterance = network.plan.corpus.utterances[index]
        let logs = try network.logPosteriors(ofUtterance: index)
        let labels = network.plan.classes.labels
        var options = network.recipe.features
        options.kinds = [.fbank]
        options.deltas = 0
        let spectrum = try FrontEnd(options).features(of: utterance.segment)
        // Both share the time axis of the longer one; missing frames stay grey.
        let frames = max(logs.rows, spectrum.rows)
        let view = FeatureView(options)
        let time = CellAxis.range("time", unit: "s", 0...Double(frames) * options.hop)
        let pooling = try network.system.pooling(of: logs)
        let confidence = Percent.text(pooling.probabilities[pooling.decided], digits: 0)
        let file = utterance.file.split(separator: "/").last.map(String.init) ?? utterance.file
        var above = HeatMap(
            title: "\(file), speaker \(utterance.speaker): \(utterance.emotion), recognised as \(labels[pooling.decided]) (\(confidence))",
            values: widened(view.picture(spectrum), to: frames), x: time, y: view.axis, scale: HeatMap.Scale(view.valueLabel)
        ).with {
            $0.isUpwards = true
            $0.plotWidth = 640
            $0.plotHeight = 170
        }
        var posteriors = Matrix(rows: labels.count, columns: logs.rows)
        for frame in 0..<logs.rows { for (k, value) in logs.row(frame).enumerated() { posteriors[k, frame] = exp(value) } }
        var below = HeatMap(
            title: "Posteriors per frame", values: widened(posteriors, to: frames), x: time, y: .names("class", labels),
            scale: HeatMap.Scale("posterior", range: 0...1)
        ).with {
            $0.plotWidth = 640
            $0.plotHeight = max(22 * Double(labels.count), 90)
        }
        let left = max(above.left, below.left)
        (above.leastLeft, below.leastLeft) = (left, left)
        return Column([above, below])
    }

    private func widened(_ matrix: Matrix, to columns: Int) -> Matrix {
        var result = Matrix(rows: matrix.rows, columns: columns, repeating: .nan)
        for row in 0..<matrix.rows { for column in 0..<matrix.columns { result[row, column] = matrix[row, column] } }
        return result
    }
}
