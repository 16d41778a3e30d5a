import Foundation
import Stimmung
import StimmungSupport
import StimmungTensors
import StimmungTraining
import Testing

/// Small models, each trained for two epochs on the synthesised corpus, with every kind of layer and pre-training used in a built-in
/// recipe.
struct ModelGoldenTests {
    private static let training = "training: {epochs: 2, batch: 8, crop: 0.3, learningRate: 0.01}"

    private static let recipes = [
        "lstm": """
        network: [{rectifier: 8}, {lstm: 8}, {dropout: 0.2}]
        augmentation: [speed=1.1, warp=0.92]
        \(training)
        """,
        "blstm": """
        network: [{blstm: 6}, {rnn: {cells: 6, activation: tanh, truncation: 10}}]
        training: {epochs: 2, batch: 8, crop: 0, learningRate: 0.01, optimiser: sgd, momentum: 0.9, schedule: cosine, classWeights: balanced}
        regularisation: [{norm: 1, penalty: 0.0001}, {norm: 2, limit: 3}]
        """,
        "crbm": """
        features: {deltas: 0}
        pretraining: {machines: [{hidden: 12, order: 3}, {hidden: 8, order: 0}], epochs: 2, batch: 64}
        network: [{lstm: 8}]
        \(training)
        """,
        "autoencoder": """
        network: [{window: {left: 2, right: 2}}, {sigmoid: 10}, {tanh: 8}]
        autoencoder: {epochs: 2, batch: 64, noise: 0.3, tied: true}
        \(training)
        """,
        "functionals": """
        features: {peak: 1, functionals: {lags: [0.03], correlations: true}}
        network: [{clip: 5}, {noise: 0.3}, {dropout: 0.2}, {rectifier: 8}, {batchNormalisation: 0.1}]
        training: {epochs: 2, batch: 8, crop: 0, labelSmoothing: 0.1}
        ensemble: 2
        augmentation: [noise=20, room=0.3, telephone]
        calibration: 2
        """,
    ]

    @Test func models() throws {
        let speech = try SpeechCorpus()
        var measured = Measurement(versions: try Versions.ofTraining())
        for (name, yaml) in Self.recipes {
            let recipe = try Recipe(parsing: "name: \(name)\n\(yaml)", file: name)
            var training = ModelTraining(recipe: recipe, corpus: speech.corpus)
            training.seed = 3
            let model = try training.run()
            measured.add("\(name).safetensors", checksum: try checksum(of: model, in: speech), values: summary(model))
        }
        try Golden.verify(
            "models", measured, tolerance: .init(absolute: 1e-4, relative: 1e-2),
            raise: "\(Versions.features) if features changed, otherwise \(Versions.trainer)")
    }

    /// Checksum of the model file without the recipe's text and the package's version, which change without changing any result.
    private func checksum(of model: Model, in speech: SpeechCorpus) throws -> String {
        var model = model
        model.card.version = ""
        try model.write(path: speech.file("model"))
        var file = try Safetensors(path: speech.file("model"))
        file.metadata["recipe"] = nil
        return file.encoded().withUnsafeBytes { ContentHash($0).text }
    }

    /// Loss, temperature, and the number and norm of each network's parameters.
    private func summary(_ model: Model) -> [Double] {
        [model.card.trainingLoss, model.temperature]
            + model.ensemble.networks.flatMap { network in
                let values = network.parameters.values.map(Double.init)
                return [Double(values.count), values.reduce(0) { $0 + $1 * $1 }.squareRoot()]
            }
    }
}
