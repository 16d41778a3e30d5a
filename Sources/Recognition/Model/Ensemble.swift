import Foundation
import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Networks of one recipe trained from different initial weights. The output is the mean of their posteriors.
///
/// The mean is more stable than a single network, because their errors differ: L. K. Hansen and P. Salamon, *Neural network ensembles*
/// (1990).
package struct Ensemble: Sendable, Equatable {
    /// At least one network; all have the same shapes.
    package var networks: [Network]
    /// The weight of each network's posteriors, with sum 1; nil: equal weights.
    package private(set) var weights: [Float]?

    package init(_ networks: [Network]) {
        precondition(!networks.isEmpty, "an ensemble has at least one network")
        self.networks = networks
    }

    /// The networks of both, the second's with a weight of `share` (0 … 1) in all.
    package func blended(with other: Ensemble, share: Double) -> Ensemble {
        var blend = Ensemble(networks + other.networks)
        let (first, second) = (Float(1 - share) / Float(networks.count), Float(share) / Float(other.networks.count))
        blend.weights = networks.map { _ in first } + other.networks.map { _ in second }
        return blend
    }

    package var outputs: Int { networks[0].outputs }

    /// Of the wide products of all networks.
    package var precision: Precision {
        get { networks[0].precision }
        set { for number in networks.indices { networks[number].precision = newValue } }
    }

    /// Number of trained parameters in all networks.
    package var parameterCount: Int { networks.reduce(0) { $0 + $1.parameters.values.count } }

    /// The log of the mean posteriors of each sequence of T frames, `T × outputs` each, in the given order.
    ///
    /// - Parameter memories: working memory of each network, to be reused if the ensemble is run repeatedly.
    package func logPosteriors(of sequences: [Matrix], workers: Workers, memories: [NetworkMemories]? = nil) -> [Matrix] {
        let memories = memories ?? networks.map { _ in NetworkMemories() }
        let members = zip(networks, memories).map { $0.logPosteriors(of: sequences, workers: workers, memories: $1) }
        return sequences.indices.map { index in LogPosteriors.mean(of: members.map { $0[index] }, weights: weights) }
    }

    /// The same for sequences that need not be in memory.
    package func logPosteriors(of sequences: [any FrameSource], workers: Workers) throws(FrameError) -> [Matrix] {
        let members = try networks.map { (network) throws(FrameError) in try network.logPosteriors(of: sequences, workers: workers)
        }
        return sequences.indices.map { index in LogPosteriors.mean(of: members.map { $0[index] }, weights: weights) }
    }

    package static func == (a: Ensemble, b: Ensemble) -> Bool {
        a.networks.map(\.parameters) == b.networks.map(\.parameters) && a.weights == b.weights
    }
}

/// Operations on log posteriors: rows are log distributions over classes.
enum LogPosteriors {
    /// The element-wise log(Σ_m w_m exp(l_m)) of M matrices of the same shape; a single matrix is returned unchanged.
    ///
    /// - Parameter weights: w_m; nil: 1/M each.
    static func mean(of members: [Matrix], weights: [Float]? = nil) -> Matrix {
        guard members.count > 1 else { return members[0] }
        var mean = members[0]
        let share = weights == nil ? log(Float(members.count)) : 0
        for i in mean.elements.indices {
            let largest = members.reduce(-Float.infinity) { max($0, $1.elements[i]) }
            guard largest > -.infinity else { continue }
            var sum: Float = 0
            if let weights {
                for (member, weight) in zip(members, weights) { sum += weight * exp(member.elements[i] - largest) }
            } else {
                for member in members { sum += exp(member.elements[i] - largest) }
            }
            mean.elements[i] = largest + log(sum) - share
        }
        return mean
    }
}
