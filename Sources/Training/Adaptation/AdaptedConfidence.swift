import Foundation
import Stimmung
import StimmungFeatures
import StimmungNetworks
import StimmungTensors

/// The confidence of an adapted model, fitted to recordings that the networks were not adapted to.
///
/// What the recordings say counts by n / (n + 20), for n recordings, against what the model had before. A few recordings hardly change it.
package struct AdaptedConfidence: Sendable {
    /// What networks say of an utterance.
    package struct Judged: Sendable {
        /// Of all classes of the adapted model, at temperature 1.
        package let probabilities: [Double]
        /// The number of its class.
        package let label: Int
        /// `Familiarity.distance` of its frames.
        package let distance: Double
        /// Its corpus, with the classes that it has; nil for all classes.
        package let group: SequenceGroup?

        package init(probabilities: [Double], label: Int, distance: Double, group: SequenceGroup?) {
            self.probabilities = probabilities
            self.label = label
            self.distance = distance
            self.group = group
        }
    }

    package let temperature: Double
    package let voiceTemperature: Double?
    package let familiarity: Familiarity?

    /// Recordings that the old confidence counts for. A choice, not a measured optimum.
    private static let prior = 20.0

    /// A model that was not calibrated stays so. The temperature for known voices changes by the same factor as the other.
    package init(of model: Model, fittedTo judged: [Judged]) {
        let share = Double(judged.count) / (Double(judged.count) + Self.prior)
        let familiarity =
            judged.isEmpty
            ? model.familiarity
            : model.familiarity.map { old in
                old.moved(towards: Familiarity(distances: judged.map(\.distance), growth: old.growth), by: share)
            }
        self.familiarity = familiarity
        guard model.recipe.calibration > 0, !judged.isEmpty else {
            temperature = model.temperature
            voiceTemperature = model.voiceNetworks?.temperature
            return
        }
        let fitted = Calibration.temperature(
            of: judged.map { utterance in
                let (probabilities, label) = (utterance.probabilities, utterance.label)
                let judged = utterance.group?.judgement(probabilities, label: label) ?? (probabilities: probabilities, label: label)
                return (judged.probabilities, judged.label, factor: familiarity?.factor(at: utterance.distance) ?? 1)
            })
        // Temperatures are factors, so their logarithms are averaged.
        let change = exp(share * (log(fitted) - log(model.temperature)))
        func changed(_ temperature: Double) -> Double {
            min(max(temperature * change, Calibration.allowed.lowerBound), Calibration.allowed.upperBound)
        }
        temperature = changed(model.temperature)
        voiceTemperature = model.voiceNetworks.map { changed($0.temperature) }
    }
}
