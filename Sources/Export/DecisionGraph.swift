import func Foundation.log
import Stimmung
import StimmungFeatures
import StimmungNetworks

/// From rows of features to one decision for each recording: standardisation, networks, pooling.
struct DecisionGraph {
    /// Of each row, B × T × K.
    let logPosteriors: GraphBuilder.Value
    /// Of each recording, B × K.
    let probabilities: GraphBuilder.Value
    /// Of each recording, B; nil if the model does not measure it.
    let familiarity: GraphBuilder.Value?

    init(_ model: Model, _ features: Rows, _ graph: inout GraphBuilder) throws(ExportError) {
        let rows = Self.standardised(features, model, &graph)
        let logs = try Self.logPosteriors(rows, model.ensemble, &graph)
        logPosteriors = logs

        let weights = rows.weights
        let total = graph.largest(graph.sum(weights, axis: 1, keepsAxis: true), graph.scalar(.leastNormalMagnitude))
        let ofFrames = model.recipe.decision == .posteriors ? graph.node("Exp", [logs]) : logs
        let sums = graph.sum(graph.multiply(ofFrames, graph.addAxes(weights, [2])), axis: 1)
        let means = graph.divide(sums, total)
        let pooled = model.recipe.decision == .posteriors ? graph.logarithm(means) : means

        var temperature = graph.scalar(Float(model.temperature))
        var familiarity: GraphBuilder.Value?
        if let measure = model.familiarity, model.recipe.features.isPooled {
            let value = Self.familiarity(measure, rows, total, &graph)
            familiarity = graph.removeAxes(value, [1])
            // 1 + g (1 − f)
            let factor = graph.subtract(
                graph.scalar(Float(1 + measure.growth)), graph.multiply(value, graph.scalar(Float(measure.growth))))
            temperature = graph.multiply(temperature, factor)
        }
        self.familiarity = familiarity
        probabilities = graph.node("Softmax", [graph.divide(pooled, temperature)], [.integer("axis", 1)])
    }

    private static func standardised(_ rows: Rows, _ model: Model, _ graph: inout GraphBuilder) -> Rows {
        func apply(_ mean: GraphBuilder.Value, _ factor: GraphBuilder.Value) -> Rows {
            rows.with(graph.multiply(graph.subtract(rows.values, mean), factor), width: rows.width)
        }
        switch model.recipe.normalisation {
        case .none: return rows
        case .train, .corpus:
            guard let normaliser = model.normaliser else { return rows }
            let factors = normaliser.deviation.map { 1 / max($0, Normaliser.minimumDeviation) }
            return apply(
                graph.constant(normaliser.mean, shape: [rows.width], name: "normaliser.mean"),
                graph.constant(factors, shape: [rows.width], name: "normaliser.factor"))
        case .utterance, .speaker:
            // Of the recording itself.
            let weights = graph.addAxes(rows.weights, [2])
            let count = graph.largest(graph.sum(weights, axis: 1, keepsAxis: true), graph.scalar(1))
            let mean = graph.divide(graph.sum(graph.multiply(rows.values, weights), axis: 1, keepsAxis: true), count)
            let centred = graph.multiply(graph.subtract(rows.values, mean), weights)
            let variance = graph.divide(graph.sum(graph.multiply(centred, centred), axis: 1, keepsAxis: true), count)
            let deviation = graph.largest(graph.node("Sqrt", [variance]), graph.scalar(Normaliser.minimumDeviation))
            return apply(mean, graph.node("Reciprocal", [deviation]))
        }
    }

    /// log Σ_m w_m p_m
    private static func logPosteriors(_ rows: Rows, _ ensemble: Ensemble, _ graph: inout GraphBuilder) throws(ExportError)
        -> GraphBuilder.Value
    {
        var members: [GraphBuilder.Value] = []
        for (number, network) in ensemble.networks.enumerated() {
            var hidden = rows
            for (index, layer) in network.layers.enumerated() {
                let described = DescribedLayer(
                    description: layer.describe(), parameters: Array(network.parameters.values[network.parameters.layerRanges[index]]),
                    name: Model.prefix(number) + "\(index).")
                hidden = try described.output(for: hidden, in: &graph)
            }
            members.append(graph.node("LogSoftmax", [hidden.values], [.integer("axis", 2)]))
        }
        guard members.count > 1 else { return members[0] }
        let weights = ensemble.weights ?? members.map { _ in 1 / Float(members.count) }
        let shares = graph.constant(weights.map { log($0) }, shape: [members.count, 1, 1, 1], name: "ensemble.logWeights")
        let side = graph.join(members.map { graph.addAxes($0, [0]) }, axis: 0)
        return graph.node("ReduceLogSumExp", [graph.add(side, shares)], [.integers("axes", [0]), .integer("keepdims", 0)])
    }

    /// 0 … 1 for each recording, B × 1.
    ///
    /// - Parameter total: frames of each recording, B × 1.
    private static func familiarity(
        _ measure: Familiarity, _ rows: Rows, _ total: GraphBuilder.Value, _ graph: inout GraphBuilder
    ) -> GraphBuilder.Value {
        let squares = graph.smallest(graph.multiply(rows.values, rows.values), graph.scalar(Familiarity.farthest))
        let ofRows = graph.divide(graph.sum(squares, axis: 2), graph.scalar(Float(rows.width)))
        let sum = graph.sum(graph.multiply(ofRows, rows.weights), axis: 1, keepsAxis: true)
        let distance = graph.largest(graph.divide(sum, total), graph.scalar(1e-9))
        let deviations = graph.divide(
            graph.subtract(graph.logarithm(distance), graph.scalar(Float(measure.center))), graph.scalar(Float(measure.spread)))
        let beyond = graph.divide(graph.subtract(deviations, graph.scalar(1)), graph.scalar(2))
        return graph.subtract(graph.scalar(1), graph.clip(beyond, 0, 1))
    }
}
