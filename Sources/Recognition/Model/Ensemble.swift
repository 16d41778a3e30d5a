import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Networks of one recipe that were trained from different starts; what they say together is the mean of their posteriors.
///
/// The mean is steadier than any one of them, for their mistakes differ: L. K. Hansen and P. Salamon, *Neural network ensembles* (1990).
package struct Ensemble: Sendable, Equatable {
    /// At least one, all of the same shapes.
    package var networks: [Network]

    package init(_ networks: [Network]) {
        precondition(!networks.isEmpty, "an ensemble has at least one network")
        self.networks = networks
    }

    package var outputs: Int { networks[0].outputs }

    /// Numbers that were learnt, of all networks.
    package var parameterCount: Int { networks.reduce(0) { $0 + $1.parameters.values.count } }

    /// Log of the mean posterior for each frame of each sequence, `T × outputs` each, in the given order.
    ///
    /// - Parameter memories: of each network, where the ensemble is run again and again.
    package func logPosteriors(of sequences: [Matrix], workers: Workers, memories: [NetworkMemories]? = nil) -> [Matrix] {
        let memories = memories ?? networks.map { _ in NetworkMemories() }
        let members = zip(networks, memories).map { $0.logPosteriors(of: sequences, workers: workers, memories: $1) }
        return sequences.indices.map { index in LogPosteriors.mean(of: members.map { $0[index] }) }
    }

    /// The same of sequences that need not lie in memory.
    package func logPosteriors(of sequences: [any FrameSource], workers: Workers) throws(FrameError) -> [Matrix] {
        let members = try networks.map { (network) throws(FrameError) in try network.logPosteriors(of: sequences, workers: workers)
        }
        return sequences.indices.map { index in LogPosteriors.mean(of: members.map { $0[index] }) }
    }

    package static func == (a: Ensemble, b: Ensemble) -> Bool { a.networks.map(\.parameters) == b.networks.map(\.parameters) }
}
