import Foundation
import Stimmung
import StimmungExport
import StimmungFeatures
import StimmungNetworks
import StimmungSupport
import StimmungTensors
import StimmungTestSupport
import Testing

/// Models of every recipe, with random parameters, give the same from features as ONNX Runtime.
@Suite(.enabled(if: RunONNX.python != nil, "needs Python with onnx and onnxruntime")) struct FeatureGraphTests {
    static let recipes = [
        "lstm", "blstm", "rnn", "mlp", "rectifier-lstm", "rectifier-blstm", "crbm-lstm", "stacked-crbm-lstm", "rbm-mlp",
        "pretrained-mlp", "encoder-lstm",
    ]
    static let pooledRecipes = ["functionals-mlp", "functionals-ensemble", "functionals-live", "encoder", "encoder-ensemble"]

    @Test("Posteriors of frames, and their decision, are those of ONNX Runtime", arguments: recipes)
    func frames(name: String) throws {
        let model = randomModel(try Recipe(named: name))
        let recordings = [50, 1, 31].map { randomRows($0, model.recipe.features.width, seed: UInt64($0)) }
        let found = try RunONNX.outputs(
            of: try ONNXExport(model, from: .features),
            [padded("features", recordings), .init(name: "lengths", shape: [3], values: recordings.map { Float($0.rows) })])
        try expect(found, model, recordings, weights: recordings.map { [Float](repeating: 1, count: $0.rows) })
        #expect(found.metadata["input"] == "features" && found.metadata["labels"] == jsonText(model.labels))
    }

    @Test("Rows of stretches count by their frames, with familiarity", arguments: pooledRecipes)
    func stretches(name: String) throws {
        var model = randomModel(try Recipe(named: name))
        if name == "functionals-live" { model.familiarity = Familiarity(distances: [0.5, 0.7, 1], growth: 3) }
        let recordings = [3, 1].map { randomRows($0, model.recipe.features.width, seed: UInt64($0)) }
        let weights: [[Float]] = [[500, 120, 31], [77]]
        let found = try RunONNX.outputs(
            of: try ONNXExport(model, from: .features),
            [padded("features", recordings), .init(name: "frames", shape: [2, 3], values: weights[0] + weights[1] + [0, 0])])
        try expect(found, model, recordings, weights: weights)
        #expect((found.values["familiarity"] != nil) == (model.familiarity != nil))
    }

    @Test("A decision by mean posteriors, statistics of the recording, sigmoid outputs and an ensemble with weights")
    func variants() throws {
        var recipe = try Recipe(named: "mlp")
        recipe.decision = .posteriors
        recipe.normalisation = .utterance
        recipe.training.loss = .squaredError
        var model = randomModel(recipe)
        model.ensemble = model.ensemble.blended(with: randomModel(recipe, seed: 7).ensemble, share: 0.3)
        let recordings = [40, 25].map { randomRows($0, model.recipe.features.width, seed: UInt64($0)) }
        let found = try RunONNX.outputs(
            of: try ONNXExport(model, from: .features),
            [padded("features", recordings), .init(name: "lengths", shape: [2], values: [40, 25])])
        try expect(found, model, recordings, weights: recordings.map { [Float](repeating: 1, count: $0.rows) })
    }

    /// Compares with the model's own posteriors and pooling.
    private func expect(_ found: RunONNX.Outputs, _ model: Model, _ recordings: [Matrix], weights: [[Float]]) throws {
        let normalised = recordings.map { rows in
            var rows = rows
            if let normaliser = model.normaliser {
                normaliser.apply(to: &rows)
            } else if model.recipe.normalisation == .utterance {
                var statistics = FeatureStatistics(width: rows.columns)
                statistics.add(rows)
                Normaliser(statistics).apply(to: &rows)
            }
            return rows
        }
        let logs = model.ensemble.logPosteriors(of: normalised, workers: Workers(threads: 1))
        let longest = recordings.map(\.rows).max() ?? 0
        var probabilities: [Double] = []
        for (index, rows) in logs.enumerated() {
            let all = try #require(found.values["log_posteriors"])
            for row in 0..<rows.rows {
                for (k, value) in rows.row(row).enumerated() {
                    #expect(abs(exp(Double(value)) - exp(all[(index * longest + row) * rows.columns + k])) < 1e-4)
                }
            }
            var pooling = Pooling(model.recipe.decision, classes: model.labels.count, temperature: model.temperature)
            pooling.familiarity = model.familiarity
            for row in 0..<rows.rows {
                pooling.add(Matrix(rows: 1, columns: rows.columns, elements: Array(rows.row(row))), repeated: Int(weights[index][row]))
                if model.familiarity != nil {
                    let one = Matrix(rows: 1, columns: normalised[index].columns, elements: Array(normalised[index].row(row)))
                    pooling.add(distance: Familiarity.distance(of: one), frames: Int(weights[index][row]))
                }
            }
            probabilities += pooling.probabilities
            #expect(found.values["label"]?[index] == Double(pooling.decided))
        }
        #expect(try found.difference("probabilities", from: probabilities) < 1e-4)
    }
}

/// A model with random parameters and statistics.
func randomModel(_ recipe: Recipe, seed: UInt64 = 1) -> Model {
    let labels = ["anger", "boredom", "fear", "neutral"]
    var random = RandomSource(seed: seed)
    let width = recipe.features.width
    let networks = (0..<recipe.ensemble).map { number in
        var network = Network(recipe.layers(classes: labels.count), seed: seed + UInt64(number))
        // Biases, peepholes and running statistics too, which begin as constants.
        for index in network.parameters.values.indices { network.parameters.values[index] += random.uniform(in: 0..<0.1) }
        return network
    }
    let normaliser = Normaliser(
        mean: (0..<width).map { _ in random.uniform(in: -1..<1) }, deviation: (0..<width).map { _ in random.uniform(in: 0.5..<2) })
    let card = ModelCard(
        version: "0", corpus: "none", utterances: 0, speakers: 0, utterancesPerClass: labels.map { _ in 0 }, heldOutSpeakers: [],
        seed: seed,
        epoch: 0, trainingLoss: 0, trainingFrameAccuracy: 0, validationLoss: nil)
    return Model(
        recipe: recipe, labels: labels, ensemble: Ensemble(networks),
        normaliser: recipe.normalisation.isOfTraining ? normaliser : nil, temperature: 1.5, card: card)
}

/// Normal numbers, `count × width`.
func randomRows(_ count: Int, _ width: Int, seed: UInt64) -> Matrix {
    var random = RandomSource(seed: seed)
    return Matrix(rows: count, columns: width, elements: (0..<count * width).map { _ in random.uniform(in: -2..<2) })
}
