import StimmungSupport
import StimmungTensors

/// A network in two parts: its last affine layer, with the layers without parameters above it, and everything below.
///
///     var split = NetworkHead(of: network)
///     let hidden = try split.activations(of: sequences, store: FrameStore(), workers: Workers())
///     split.head.parameters.values = …
///     let changed = split.network
///
/// Shapes: T frames, D inputs of the head, K classes.
package struct NetworkHead: Sendable {
    /// The layers below; nil if the network has none.
    package let body: Network?
    /// The affine layer, `W` (K × D) and `b` (K), and the layers above it.
    package var head: Network

    /// - Parameter network: has an affine layer, as every network of a recipe.
    package init(of network: Network) {
        guard let number = network.affineLayers.last else { preconditionFailure("a network without an affine layer has no head") }
        let start = network.parameters.layerRanges[number].lowerBound
        body =
            number == 0
            ? nil : Self.network(Array(network.layers[..<number]), Array(network.parameters.values[..<start]), network.precision)
        head = Self.network(Array(network.layers[number...]), Array(network.parameters.values[start...]), network.precision)
    }

    private static func network(_ layers: [any Layer], _ values: [Float], _ precision: Precision) -> Network {
        Network(layers, precision: precision) { Array(values[$0.range]) }
    }

    /// D
    package var inputs: Int { head.inputs }
    /// K
    package var outputs: Int { head.outputs }

    /// Both parts as one network.
    package var network: Network {
        Self.network((body?.layers ?? []) + head.layers, (body?.parameters.values ?? []) + head.parameters.values, head.precision)
    }

    /// The inputs of the head for each sequence, `T × D`, in the given order.
    ///
    /// - Parameter store: keeps them in bounded memory.
    /// - Throws: `FrameError` if frames cannot be read or stored.
    package func activations(of sequences: [any FrameSource], store: FrameStore, workers: Workers) throws(FrameError) -> [any FrameSource] {
        guard let body else { return sequences }
        var activations: [any FrameSource] = []
        for group in sequences.groups(of: 64) {
            for output in try body.outputs(of: Array(group), workers: workers) { activations.append(try store.keep(output)) }
        }
        return activations
    }

    /// The same with some of the classes, which keep their parameters.
    ///
    /// - Parameters:
    ///   - layers: those of the whole network with as many classes.
    ///   - classes: the numbers of those that are kept.
    package func narrowed(to layers: [any Layer], keeping classes: [Int]) -> NetworkHead {
        let new = Array(layers[(body?.layers.count ?? 0)...])
        precondition(new[0].inputs == inputs && new[0].outputs == classes.count, "\(new) does not have \(classes.count) classes")
        let values = head.parameters.values
        let weights = classes.flatMap { values[$0 * inputs..<($0 + 1) * inputs] }
        var narrowed = self
        // The affine layer has all parameters of the head.
        narrowed.head = Self.network(new, weights + classes.map { values[outputs * inputs + $0] }, head.precision)
        return narrowed
    }

    /// The same with more classes. The weights of a new class are 0.
    ///
    /// - Parameters:
    ///   - layers: those of the whole network with all classes.
    ///   - bias: of each new class.
    package func widened(to layers: [any Layer], bias: Float) -> NetworkHead {
        let new = Array(layers[(body?.layers.count ?? 0)...])
        let added = new[new.count - 1].outputs - outputs
        precondition(added >= 0 && new[0].inputs == inputs, "\(new) does not fit on \(layers)")
        let weights = outputs * inputs
        var widened = self
        // The affine layer has all parameters of the head.
        widened.head = Self.network(
            new,
            head.parameters.values[..<weights] + [Float](repeating: 0, count: added * inputs) + head.parameters.values[weights...]
                + [Float](repeating: bias, count: added), head.precision)
        return widened
    }
}
