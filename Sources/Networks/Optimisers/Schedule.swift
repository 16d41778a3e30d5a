import Foundation
import StimmungSupport

/// The schedule of the learning rate over a training run.
package enum Schedule: String, Sendable, Choice {
    case constant
    /// Half a cosine from the full rate down to 0.
    case cosine
    /// A rise from 1/25 of the rate over the first 15 % of the steps, then a fall to 1/250,000, both half cosines:
    /// L. Smith, N. Topin, *Super-convergence* (2018), with PyTorch's default divisors.
    case oneCycle = "one-cycle"

    /// The factor of the learning rate at step `step` of `total`, counted from 0.
    package func factor(step: Int, of total: Int) -> Float {
        let last = Float(max(total - 1, 1))
        switch self {
        case .constant: return 1
        case .cosine: return Schedule.anneal(from: 1, to: 0, Float(step) / Float(max(total, 1)))
        case .oneCycle:
            let peak = max(0.15 * last, 1)
            let at = Float(step)
            return at <= peak
                ? Schedule.anneal(from: 1 / 25, to: 1, at / peak)
                : Schedule.anneal(from: 1, to: 1 / 250_000, (at - peak) / max(last - peak, 1))
        }
    }

    private static func anneal(from start: Float, to end: Float, _ part: Float) -> Float {
        end + (start - end) / 2 * (1 + cos(.pi * min(part, 1)))
    }
}
