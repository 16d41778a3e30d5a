import Foundation

/// Louder or softer.
struct Gain {
    let decibels: Double

    func apply(to samples: [Float]) -> [Float] {
        let factor = Float(pow(10, decibels / 20))
        return samples.map { factor * $0 }
    }
}
