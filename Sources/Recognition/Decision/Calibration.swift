import Foundation

/// Temperature scaling: confidence that is right as often as it says.
///
/// A network that was trained until it knows its training data is too sure of new voices. The probabilities p_k of an utterance become
/// p_k^(1/T) / Σ_j p_j^(1/T), which changes no decision. T is the one that makes −Σ log p_y least on utterances that training has not heard.
///
/// Source: C. Guo et al., *On calibration of modern neural networks* (2017).
package enum Calibration {
    /// What a temperature may be: beyond, the utterances it was fitted on said nothing of use.
    package static let allowed = 0.05...20.0

    /// - Parameter judged: class probabilities and true class of utterances; those with a probability of 0 count as next to nothing.
    /// - Returns: 1 without any utterance.
    package static func temperature(of judged: [(probabilities: [Double], label: Int)]) -> Double {
        guard !judged.isEmpty else { return 1 }
        let logs = judged.map { ($0.probabilities.map { log(max($0, 1e-30)) }, $0.label) }
        /// The derivative by β = 1/T: Σ E_p[log p] − log p_y, which rises with β, since the loss is convex in it.
        func slope(_ beta: Double) -> Double {
            logs.reduce(0) { sum, utterance in
                let (logs, label) = utterance
                let largest = logs.max() ?? 0
                let weights = logs.map { exp(beta * ($0 - largest)) }
                let mean = zip(weights, logs).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
                return sum + mean - logs[label]
            }
        }
        var (low, high) = (1 / allowed.upperBound, 1 / allowed.lowerBound)
        if slope(low) >= 0 { return allowed.upperBound }
        if slope(high) <= 0 { return allowed.lowerBound }
        for _ in 0..<60 {
            let middle = (low * high).squareRoot()
            if slope(middle) < 0 { low = middle } else { high = middle }
        }
        return 1 / (low * high).squareRoot()
    }
}
