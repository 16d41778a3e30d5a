import Foundation
import StimmungEvaluation
import StimmungFigures
import StimmungSupport
import StimmungTensors

/// A map of a corpus's utterances in the last hidden layer of one fold's network, by emotion and by speaker.
package struct EmbeddingPicture: Sendable {
    package var network: FoldNetwork
    package var workers: Workers
    /// Largest number of utterances shown. Of more, all test utterances are taken first, others at random.
    package var mostUtterances = 1500

    package init(_ network: FoldNetwork, _ workers: Workers = Workers()) {
        self.network = network
        self.workers = workers
    }

    /// - Throws: `FrameError`.
    package func draw(name: String) throws -> Picture {
        let corpus = network.plan.corpus
        let isTest = Set(network.fold.test)
        let shown = chosen()
        let all = try network.embeddings(workers: workers)
        var embeddings = Matrix(rows: 0, columns: all.columns)
        for index in shown { embeddings.append(rows: all.row(index)) }
        var embedding = NeighbourEmbedding()
        embedding.workers = workers
        let map = embedding.map(embeddings)
        func chart(_ title: String, _ groups: [String], _ group: (Int) -> String) -> ScatterChart {
            let numbers = Dictionary(zip(groups, groups.indices), uniquingKeysWith: { first, _ in first })
            return ScatterChart(
                title: title, groups: groups,
                points: shown.enumerated().map { place, index in
                    ScatterChart.Point(
                        Double(map[place, 0]), Double(map[place, 1]), group: numbers[group(index)] ?? 0, isOutlined: isTest.contains(index))
                }, outlineName: "black outline: tested")
        }
        var byEmotion = chart("By emotion", network.plan.classes.labels) { corpus.utterances[$0].emotion }
        let speakers = corpus.speakers
        var bySpeaker = chart("By speaker", speakers.count > Self.mostNamed ? [] : speakers) { corpus.utterances[$0].speaker }
        byEmotion.leastLegendRows = bySpeaker.legendRows
        bySpeaker.leastLegendRows = byEmotion.legendRows
        let dependent = network.plan.isSpeakerDependent
        let heard =
            dependent ? "test utterances (of speakers in training)" : "test speakers (not in training)"
        let number = shown.count < all.rows ? "\(shown.count) of \(all.rows) utterances, drawn at random" : "All \(all.rows) utterances"
        let sheet = Sheet(
            title: "Utterances in the last hidden layer of \(network.recipe.name)",
            rows: [speakers.count > Self.mostNamed ? [byEmotion] : [byEmotion, bySpeaker]],
            caption:
                "\(number) of \(corpus.name) in the last hidden layer (\(all.columns) units, mean over the frames) of one network: fold "
                + "\(network.fold.name), seed \(network.seed). Black outlines mark \(heard). All others were in training, so they are better separated than "
                + "new voices. Networks of other folds have other hidden layers, which do not fit on the same map. "
                + "t-SNE from the first two principal components: near points are near in the layer; far distances and sizes of groups have no meaning."
        )
        return Picture(name: name, shows: "utterances in the last hidden layer, by emotion and by speaker", figure: sheet)
    }

    /// Largest number of speakers with distinct symbols.
    private static let mostNamed = ScatterSymbol.count

    private func chosen() -> [Int] {
        let count = network.plan.corpus.utterances.count
        guard count > mostUtterances else { return Array(0..<count) }
        var random = RandomSource(seed: network.seed).stream(3)
        let isTest = Set(network.fold.test)
        let order = random.permutation(count)
        return (order.filter(isTest.contains) + order.filter { !isTest.contains($0) }).prefix(mostUtterances).sorted()
    }
}
