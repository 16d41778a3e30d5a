import Stimmung

/// The confidence of an adapted model, fitted to recordings that the networks were not adapted to.
///
/// The temperature has a prior: before any recording, its logarithm is that of the old one ± 0.5. Recordings that are all recognised then do not
/// make the model certain of everything. The familiarity of n recordings counts by n / (n + 20) against the old one.
package struct AdaptedConfidence: Sendable {
    /// What networks predict for an utterance.
    package struct Judged: Sendable {
        /// Of all classes of the adapted model, at temperature 1.
        package let probabilities: [Double]
        /// The number of its class.
        package let label: Int
        /// `Familiarity.distance` of its frames.
        package let distance: Double

        package init(probabilities: [Double], label: Int, distance: Double) {
            self.probabilities = probabilities
            self.label = label
            self.distance = distance
        }
    }

    package let temperature: Double
    package let voiceTemperature: Double?
    package let familiarity: Familiarity?

    /// Recordings that the old familiarity counts for. A choice, not a measured optimum.
    private static let prior = 20.0
    /// σ of the prior of the temperature: a factor of 1.6 is one deviation. A choice, not a measured optimum.
    private static let deviation = 0.5

    /// A model that was not calibrated stays so. The temperature for known voices changes by the same factor as the other.
    ///
    /// - Parameter judged: recordings of speakers whom the networks have not heard. With others, confidence would be too high for new speakers.
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
        // All classes of the model, as it will decide among all.
        let fitted = Calibration.temperature(
            of: judged.map { ($0.probabilities, $0.label, factor: familiarity?.factor(at: $0.distance) ?? 1) },
            prior: Calibration.Prior(temperature: model.temperature, deviation: Self.deviation))
        temperature = fitted
        voiceTemperature = model.voiceNetworks.map {
            let changed = $0.temperature * fitted / model.temperature
            return min(max(changed, Calibration.allowed.lowerBound), Calibration.allowed.upperBound)
        }
    }
}
