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

    package init(_ networks: [Network]) {
        precondition(!networks.isEmpty, "an ensemble has at least one network")
        self.networks = networks
    }

    package var outputs: Int { networks[0].outputs }

    /// Number of trained parameters in all networks.
    package var parameterCount: Int { networks.reduce(0) { $0 + $1.parameters.values.count } }

    /// The log of the mean posteriors of each sequence of T frames, `T × outputs` each, in the given order.
    ///
    /// - Parameter memories: working memory of each network, to be reused if the ensemble is run repeatedly.
    package func logPosteriors(of sequences: [Matrix], workers: Workers, memories: [NetworkMemories]? = nil) -> [Matrix] {
        let memories = memories ?? networks.map { _ in NetworkMemories() }
        let members = zip(networks, memories).map { $0.logPosteriors(of: sequences, workers: workers, memories: $1) }
        return sequences.indices.map { index in LogPosteriors.mean(of: members.map { $0[index] }) }
    }

    /// The same for sequences that need not be in memory.
    package func logPosteriors(of sequences: [any FrameSource], workers: Workers) throws(FrameError) -> [Matrix] {
        let members = try networks.map { (network) throws(FrameError) in try network.logPosteriors(of: sequences, workers: workers)
        }
        return sequences.indices.map { index in LogPosteriors.mean(of: members.map { $0[index] }) }
    }

    package static func == (a: Ensemble, b: Ensemble) -> Bool { a.networks.map(\.parameters) == b.networks.map(\.parameters) }
}

/// Operations on log posteriors: rows are log distributions over classes.
enum LogPosteriors {
    /// The element-wise log((1/M) Σ_m exp(l_m)) of M matrices of the same shape; a single matrix is returned unchanged.
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
