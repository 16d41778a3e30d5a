import Foundation
import Stimmung
import StimmungSupport

extension Model {
    /// The model's facts as text.
    var report: String {
        let facts = summary
        let (recipe, card) = (facts.recipe, facts.card)
        let row = recipe.features.isPooled ? "an utterance" : "a frame"
        let classes = zip(facts.labels, card.utterancesPerClass).map { "\($0) \($1)" }.joined(separator: ", ")
        let lines = [
            "recipe      \(recipe.name), features \(recipe.features.width) \(row), normalisation \(recipe.normalisation.rawValue)",
            "classes     \(classes)",
            "trained on  \(card.corpus): \(card.utterances) utterances, speakers: \(card.speakers), epochs: \(card.epoch), seed: \(card.seed)",
            String(
                format:
                    "fit         loss %.3f, %.1f %% of the training %@s (\(card.adaptations.isEmpty ? "" : "before adaptation; ")says nothing about "
                    + "new voices)", card.trainingLoss,
                100 * card.trainingFrameAccuracy, recipe.features.isPooled ? "utterance" : "frame"),
            "confidence  "
                + (recipe.calibration > 0 ? String(format: "calibrated, temperature %.2f", facts.temperature) : "not calibrated"),
            "parameters  \(facts.parameters)" + (facts.networks > 1 ? " in \(facts.networks) networks, of which the first is shown" : "")
                + ", written by version \(card.version)",
        ]
        let origin = lines.prefix(3) + card.adaptations.map(\.report)
        return (origin + lines.dropFirst(3) + arrayLines + ["", recipe.yaml]).joined(separator: "\n")
    }

    /// The first network's arrays: layer, name, shape and norm.
    private var arrayLines: [String] {
        let parameters = ensemble.networks[0].parameters
        let places = recipe.layerPlaces
        let names = parameters.entries.map { entry in
            // In the file, arrays are named by the network's layer, from 0: `2.W_x`.
            let parts = entry.name.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let layer = Int(parts[0]), places.indices.contains(layer) else { return entry.name }
            return "\(places[layer])  \(parts[1])"
        }
        let width = names.map(\.count).max() ?? 0
        return zip(names, parameters.entries).map { name, entry in
            let norm = parameters.values[entry.range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            return "  \(name.padded(to: width))  \(entry.shape.rows) × \(entry.shape.columns)" + String(format: ", norm %.3g", norm)
        }
    }
}

extension ModelCard.Adaptation {
    /// A line with the recordings and the held-out figures.
    fileprivate var report: String {
        let classes = utterancesPerClass.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let kept = strength.map { String(format: "strength: %g, ", $0) } ?? ""
        return "adapted to  \(corpus): \(utterances) utterances (\(classes)), speakers: \(speakers), \(kept)seed: \(seed); "
            + "UAR of \(leavesSpeakersOut ? "speakers" : "recordings") left out \(Percent.text(before.uar)) before, \(Percent.text(after.uar)) after"
    }
}

extension Recipe {
    /// Where each layer of the network comes from, counted from 1 as in the recipe's errors: `machine 1`, `layer 2`; the classes' layer is the last.
    fileprivate var layerPlaces: [String] {
        let machines = pretraining.map { pretraining in
            (1...pretraining.machines.count).map { "machine \($0)" } + ["machines"]
        }
        let upper = network.enumerated().flatMap { number, layer in layer.layers(inputs: 1).map { _ in "layer \(number + 1)" } }
        return (machines ?? []) + upper + ["layer \(network.count + 1)"]
    }
}
