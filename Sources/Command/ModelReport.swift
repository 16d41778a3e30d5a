import Foundation
import Stimmung

extension Model {
    /// The model's facts as text for people.
    var report: String {
        let facts = summary
        let (recipe, card) = (facts.recipe, facts.card)
        let row = recipe.features.functionals == nil ? "a frame" : "an utterance"
        let classes = zip(facts.labels, card.utterancesPerClass).map { "\($0) \($1)" }.joined(separator: ", ")
        let lines = [
            "recipe      \(recipe.name), features \(recipe.features.width) \(row), normalisation \(recipe.normalisation.rawValue)",
            "classes     \(classes)",
            "trained on  \(card.corpus): \(card.utterances) utterances, speakers: \(card.speakers), epochs: \(card.epoch), seed: \(card.seed)",
            String(
                format: "fit         loss %.3f, %.1f %% of the training %@s (says nothing about new voices)", card.trainingLoss,
                100 * card.trainingFrameAccuracy, recipe.features.functionals == nil ? "frame" : "utterance"),
            "confidence  "
                + (recipe.calibration > 0 ? String(format: "calibrated, temperature %.2f", facts.temperature) : "not calibrated"),
            "parameters  \(facts.parameters)" + (facts.networks > 1 ? " in \(facts.networks) networks, of which the first is shown" : "")
                + ", written by version \(card.version)",
        ]
        return (lines + arrayLines + ["", recipe.yaml]).joined(separator: "\n")
    }

    /// The first network's arrays: name, shape and norm.
    private var arrayLines: [String] {
        let parameters = ensemble.networks[0].parameters
        return parameters.entries.map { entry in
            let norm = parameters.values[entry.range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            return "  \(entry.name.padding(toLength: 10, withPad: " ", startingAt: 0)) \(entry.shape.rows) × \(entry.shape.columns)"
                + String(format: ", norm %.3g", norm)
        }
    }
}
