import Foundation
import StimmungTensors

/// How much speech resembles the training data.
///
/// The distance of a row of standardised features z is d = (1/D) Σ_i min(z_i², 25). Its logarithm has the mean `center` and the deviation `spread`
/// for training speakers that a system was not trained on. Familiarity is 1 up to one deviation above the mean, 0 from three deviations on, and
/// linear in between. Probabilities of unfamiliar speech are made more even: with familiarity f the temperature is T (1 + g (1 − f)).
///
/// Utterances in training last seconds, so speech of less than about 1.5 s is unfamiliar too. It should be: on stretches of 0.5 to 1.5 s of RAVDESS
/// the mean confidence of the built-in model is 30 to 36 %, and 26 to 30 % are right.
package struct Familiarity: Sendable, Equatable, Codable {
    package let center: Double
    package let spread: Double
    /// g
    package let growth: Double

    /// z² counts for at most this.
    package static let farthest: Float = 25

    private init(center: Double, spread: Double, growth: Double) {
        self.center = center
        self.spread = spread
        self.growth = growth
    }

    /// Fits the distribution of distances.
    ///
    /// - Parameter distances: of utterances of speakers that were not trained on; at least one.
    package init(distances: [Double], growth: Double) {
        precondition(!distances.isEmpty, "familiarity needs distances")
        let logs = distances.map { log(max($0, 1e-9)) }
        center = logs.reduce(0, +) / Double(logs.count)
        let variance = logs.reduce(0) { [center] in $0 + ($1 - center) * ($1 - center) } / Double(logs.count)
        spread = max(variance.squareRoot(), 0.01)
        self.growth = growth
    }

    /// A distribution between this one and another: the other counts by `share`, 0 … 1.
    package func moved(towards other: Familiarity, by share: Double) -> Familiarity {
        Familiarity(center: center + share * (other.center - center), spread: spread + share * (other.spread - spread), growth: growth)
    }

    /// d of every row of standardised features, averaged.
    package static func distance(of rows: Matrix) -> Double {
        guard !rows.elements.isEmpty else { return 0 }
        return rows.elements.reduce(0) { $0 + Double(min($1 * $1, farthest)) } / Double(rows.elements.count)
    }

    /// The familiarity, 0 … 1, of speech at this distance.
    package func value(at distance: Double) -> Double {
        let deviations = (log(max(distance, 1e-9)) - center) / spread
        return 1 - min(max((deviations - 1) / 2, 0), 1)
    }

    /// What the temperature is multiplied by at this distance.
    package func factor(at distance: Double) -> Double { 1 + growth * (1 - value(at: distance)) }

    /// Whether all values are finite and in their range, as in a file that may have been tampered with.
    var isValid: Bool { center.isFinite && spread.isFinite && spread > 0 && (0...100).contains(growth) }
}

/// What a model says of one row of features that stands for a stretch of speech.
struct Judgement {
    /// Log posteriors, `1 × classes`.
    let logs: Matrix
    /// `Familiarity.distance`; nil if the model does not measure familiarity.
    let distance: Double?
}
