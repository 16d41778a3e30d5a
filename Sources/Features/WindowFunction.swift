import func Foundation.cos
import StimmungSupport

/// The shape a frame is weighted with before its spectrum is taken; `N` samples, `n = 0 … N − 1`.
package enum WindowFunction: String, Choice, Sendable {
    /// `0.54 − 0.46 cos(2πn / (N − 1))`.
    case hamming
    /// `0.5 − 0.5 cos(2πn / (N − 1))`.
    case hann
    /// All samples alike.
    case rectangular

    /// The weights of a frame of `count` samples, at least 2.
    package func weights(_ count: Int) -> [Float] {
        (0..<count).map { n in
            let cosine = cos(2 * .pi * Double(n) / Double(count - 1))
            return switch self {
            case .hamming: Float(0.54 - 0.46 * cosine)
            case .hann: Float(0.5 - 0.5 * cosine)
            case .rectangular: 1
            }
        }
    }
}
