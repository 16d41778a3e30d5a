import StimmungTensors

/// A chain of layers and their parameters.
///
///     let network = Network([LSTM(inputs: 39, cells: 128), Dense(inputs: 128, outputs: 7)], seed: 1)
///     let memory = network.makeMemory()
///     let batch = PackedBatch(lengths: [120])
///     let logits = memory.forward(network, features, Pass(batch: batch, phase: .inference))     // 120 × 7
///
/// A network is a value: copies are trained independently. Any number of threads can use the same network at once, each with its own
/// memory.
package struct Network: Sendable {
    package let layers: [any Layer]
    /// θ of all layers.
    package var parameters: Parameters
    /// Of the wide products of all passes.
    package var precision = Precision.float32

    /// - Parameter seed: random seed of the initial parameters.
    package init(_ layers: [any Layer], seed: UInt64) {
        Network.checkFit(layers)
        self.layers = layers
        parameters = Parameters(layers: layers.map(\.parameters))
        let random = RandomSource(seed: seed)
        for (number, layer) in layers.enumerated() {
            var own = [Float](repeating: 0, count: layer.parameterCount)
            var stream = random.stream(number)
            layer.initialise(&own, using: &stream)
            parameters.values.replaceSubrange(parameters.layerRanges[number], with: own)
        }
    }

    /// A network with given parameters, such as those of a file.
    ///
    /// - Parameters:
    ///   - precision: that of the network they are from, if they are part of one.
    ///   - values: returns the values of each array, as many as its shape requires. No memory is allocated before the call, so `values` can
    ///     reject arrays of any size.
    package init<Values: ParameterValues, Failure: Error>(
        _ layers: [any Layer], precision: Precision = .float32, values: (Parameters.Entry) throws(Failure) -> Values
    ) throws(Failure) {
        Network.checkFit(layers)
        self.layers = layers
        self.precision = precision
        parameters = try Parameters(layers: layers.map(\.parameters), values: values)
    }

    private static func checkFit(_ layers: [any Layer]) {
        precondition(!layers.isEmpty, "a network has at least one layer")
        for (lower, upper) in zip(layers, layers.dropFirst()) {
            precondition(lower.outputs == upper.inputs, "\(upper) does not fit on \(lower)")
        }
    }

    package var inputs: Int { layers[0].inputs }
    package var outputs: Int { layers[layers.count - 1].outputs }
    /// Whether outputs depend on all later frames.
    package var looksAhead: Bool { layers.contains { $0.looksAhead } }
    /// Whether rows are output with a delay while streaming, so that the stream must be ended to get all of them.
    package var holdsRowsBack: Bool { layers.contains { $0.context.right > 0 } }
    /// Frames by which rows are late while streaming.
    package var framesHeldBack: Int { layers.reduce(0) { $0 + $1.context.right } }
    /// Indices of the affine layers; the last one computes the network's output from the last hidden layer.
    package var affineLayers: [Int] { layers.indices.filter { layers[$0].role == .affine } }

    package func makeMemory() -> NetworkMemory { NetworkMemory(layers) }
}
