import Foundation
import StimmungSupport

extension Model {
    private struct Facts: Encodable {
        struct Array: Encodable {
            let name: String
            let shape: [Int]
        }
        let labels: [String]
        let card: ModelCard
        let networks: Int
        /// Of all networks.
        let parameters: Int
        /// Of one network.
        let arrays: [Array]
        let temperature: Double
        let recipe: Recipe
    }

    /// The model's facts as JSON with sorted keys.
    package var json: String {
        jsonText(
            Facts(
                labels: labels, card: card, networks: ensemble.networks.count, parameters: ensemble.parameterCount,
                arrays: ensemble.networks[0].parameters.entries.map { .init(name: $0.name, shape: [$0.shape.rows, $0.shape.columns]) },
                temperature: temperature, recipe: recipe))
    }

    /// The model's facts as text for people.
    package var report: String {
        let row = recipe.features.functionals == nil ? "a frame" : "an utterance"
        var lines = [
            "recipe      \(recipe.name), features \(recipe.features.width) \(row), normalisation \(recipe.normalisation.rawValue)",
            "classes     \(zip(labels, card.utterancesPerClass).map { "\($0) \($1)" }.joined(separator: ", "))",
            "trained on  \(card.corpus): \(card.utterances) utterances, speakers: \(card.speakers), epochs: \(card.epoch), seed: \(card.seed)",
            String(
                format: "fit         loss %.3f, %.1f %% of the training %@s (says nothing about new voices)", card.trainingLoss,
                100 * card.trainingFrameAccuracy, recipe.features.functionals == nil ? "frame" : "utterance"),
            String(
                format: "confidence  %@",
                recipe.calibration > 0 ? String(format: "calibrated, temperature %.2f", temperature) : "not calibrated"),
            "parameters  \(ensemble.parameterCount)"
                + (ensemble.networks.count > 1 ? " in \(ensemble.networks.count) networks, of which the first is shown" : "")
                + ", written by version \(card.version)",
        ]
        let parameters = ensemble.networks[0].parameters
        for entry in parameters.entries {
            let values = parameters.values[entry.range]
            let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            lines.append(
                "  \(entry.name.padding(toLength: 10, withPad: " ", startingAt: 0)) \(entry.shape.rows) × \(entry.shape.columns)"
                    + String(format: ", norm %.3g", norm))
        }
        return (lines + ["", recipe.yaml]).joined(separator: "\n")
    }
}
