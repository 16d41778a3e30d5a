import Foundation

/// Temperature scaling: confidence that matches accuracy.
///
/// A network that fits its training data closely is over-confident on new voices. Calibration replaces the probabilities p_k of an
/// utterance by p_k^(1/T) / Σ_j p_j^(1/T), which changes no decision. T minimises −Σ log p_y on utterances that were not used in training.
///
/// Source: C. Guo et al., *On calibration of modern neural networks* (2017).
package enum Calibration {
    /// The range of temperatures. A fit beyond it means that the utterances were not informative.
    package static let allowed = 0.05...20.0

    /// What is known of a temperature before utterances tell more: its logarithm is Gaussian.
    package struct Prior: Sendable {
        /// T₀.
        package let temperature: Double
        /// σ, of log T.
        package let deviation: Double

        package init(temperature: Double, deviation: Double) {
            self.temperature = temperature
            self.deviation = deviation
        }
    }

    /// Fits the temperature.
    ///
    /// - Parameter judged: class probabilities, true class, and what the temperature is multiplied by (`Familiarity.factor`), per utterance; a
    ///   probability of 0 is raised to 10⁻³⁰.
    /// - Parameter prior: what is known beforehand; nil for nothing.
    /// - Returns: the temperature; if there are no utterances, that of the prior, or 1.
    package static func temperature(
        of judged: [(probabilities: [Double], label: Int, factor: Double)], prior: Prior? = nil
    ) -> Double {
        guard !judged.isEmpty else { return prior?.temperature ?? 1 }
        let logs = judged.map { utterance in (utterance.probabilities.map { log(max($0, 1e-30)) / utterance.factor }, utterance.label) }
        /// The derivative with respect to β = 1/T: Σ E_p[log p] − log p_y. It increases with β, because the loss is convex in β.
        func slope(_ beta: Double) -> Double {
            logs.reduce(0) { sum, utterance in
                let (logs, label) = utterance
                let largest = logs.max() ?? 0
                let weights = logs.map { exp(beta * ($0 - largest)) }
                let mean = zip(weights, logs).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
                return sum + mean - logs[label]
            }
        }
        /// The same with the prior, whose part is that of (log T − log T₀)² / 2σ².
        func wholeSlope(_ beta: Double) -> Double {
            slope(beta) + (prior.map { log(beta * $0.temperature) / (beta * $0.deviation * $0.deviation) } ?? 0)
        }
        var (low, high) = (1 / allowed.upperBound, 1 / allowed.lowerBound)
        if wholeSlope(low) >= 0 { return allowed.upperBound }
        if wholeSlope(high) <= 0 { return allowed.lowerBound }
        for _ in 0..<60 {
            let middle = (low * high).squareRoot()
            if wholeSlope(middle) < 0 { low = middle } else { high = middle }
        }
        return 1 / (low * high).squareRoot()
    }
}
