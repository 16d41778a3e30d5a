import Foundation
import StimmungTensors

/// Distributions over classes in rows, as logarithms.
enum LogPosteriors {
    /// log((1/M) Σ_m exp(l_m)) of M matrices of the same shape, element by element; of one it is that one, bit by bit.
    static func mean(of members: [Matrix]) -> Matrix {
        guard members.count > 1 else { return members[0] }
        var mean = members[0]
        let share = log(Float(members.count))
        for i in mean.elements.indices {
            let largest = members.reduce(-Float.infinity) { max($0, $1.elements[i]) }
            guard largest > -.infinity else { continue }
            mean.elements[i] = largest + log(members.reduce(0) { $0 + exp($1.elements[i] - largest) }) - share
        }
        return mean
    }
}
