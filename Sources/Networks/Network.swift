import StimmungTensors

/// A chain of layers and their parameters.
///
///     let network = Network([LSTM(inputs: 39, cells: 128), Dense(inputs: 128, outputs: 7)], seed: 1)
///     let memory = network.makeMemory()
///     let batch = PackedBatch(lengths: [120])
///     let logits = memory.forward(network, features, Pass(batch: batch, phase: .inference))     // 120 × 7
///
/// A network is a value: copies can be trained apart, and any number of threads can use one at a time, each with a memory of its own.
package struct Network: Sendable {
    package let layers: [any Layer]
    /// θ of all layers.
    package var parameters: Parameters

    /// - Parameter seed: fixes the parameters' random start.
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

    /// A network with parameters from elsewhere, as from a file.
    ///
    /// - Parameter values: gives the values of each array, as many as its shape has. An array takes memory only when its values are
    ///   there, so layers of any size may be asked for and refused.
    package init<Failure: Error>(_ layers: [any Layer], values: (Parameters.Entry) throws(Failure) -> [Float]) throws(Failure) {
        Network.checkFit(layers)
        self.layers = layers
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
    /// Whether rows come later than they are put in while streaming, so that the stream must be ended to get them all.
    package var holdsRowsBack: Bool { layers.contains { ($0 as? Context)?.right ?? 0 > 0 } }

    package func makeMemory() -> NetworkMemory { NetworkMemory(layers) }
}

/// The working memory of one worker that runs a network: activations and gradients, allocated once and reused.
package final class NetworkMemory {
    private let stages: [any AnyStage]
    private var input = Matrix(rows: 0, columns: 0)

    fileprivate init(_ layers: [any Layer]) {
        // Nobody asks for the gradient of the features, nor of what layers without parameters make of them.
        let firstTrained = layers.firstIndex { $0.parameterCount > 0 } ?? layers.count
        stages = layers.enumerated().map { number, layer in makeStage(layer, passesGradient: number > firstTrained) }
    }

    /// The network's output for the rows of a packed batch, `R × outputs`.
    ///
    /// While streaming, layers that wait for later frames hold rows back: there may be fewer than R, none among them, and the rest comes
    /// with the pass that ends the stream. In all there are as many rows as were put in.
    package func forward(_ network: Network, _ input: Matrix, _ pass: Pass) -> Matrix {
        self.input = input
        var pass = pass
        let random = pass.random
        for (number, stage) in stages.enumerated() {
            pass.random = random.stream(number)
            stage.forward(number == 0 ? input : stages[number - 1].output, &pass, parameters(of: network, number))
            if pass.batch.rows == 0 { return Matrix(rows: 0, columns: network.outputs) }
        }
        return stages[stages.count - 1].output
    }

    /// Back-propagates the gradient of the loss with respect to the last forward pass's output, `R × outputs`.
    ///
    /// The parameters' gradient is then to be had from `addGradient(to:)`.
    package func backward(_ network: Network, outputGradient: Matrix, _ pass: Pass) {
        stages[stages.count - 1].receive(outputGradient)
        for number in stages.indices.reversed() {
            stages[number].backward(number == 0 ? input : stages[number - 1].output, pass, parameters(of: network, number))
            guard let gradient = stages[number].inputGradient, number > 0 else { break }
            stages[number - 1].receive(gradient)
        }
        input = Matrix(rows: 0, columns: 0)
    }

    /// The Gauss–Newton product Gv = JᵀHJv on the rows of a packed batch, to be had from `addGradient(to:)`.
    ///
    /// - Parameters:
    ///   - direction: v, as long as the network's parameters.
    ///   - curvature: turns R{output} = Jv into HJv, given the output; H is the Hessian of the loss with respect to the output.
    ///   - structural: weight of ½‖R{h}‖² over the activations h of recurrent layers, which is added to what G measures.
    /// - Throws: `TrainingError.withoutTangent`.
    package func gaussNewtonProduct(
        _ network: Network, _ input: Matrix, direction: [Float], _ pass: Pass, structural: Float = 0,
        curvature: (_ output: Matrix, _ tangent: inout Matrix) -> Void
    ) throws(TrainingError) {
        // Backward passes use up what forward ones leave.
        let output = forward(network, input, pass)
        for number in stages.indices {
            let range = network.parameters.layerRanges[number]
            try stages[number].tangent(
                number == 0 ? input : stages[number - 1].output, pass, number == 0 ? nil : stages[number - 1].outputTangent,
                network.parameters.values[range], direction[range])
        }
        var top = stages[stages.count - 1].outputTangent
        curvature(output, &top)
        stages[stages.count - 1].receive(top)
        for number in stages.indices.reversed() {
            stages[number].backward(
                number == 0 ? input : stages[number - 1].output, pass, parameters(of: network, number), structural: structural)
            guard let gradient = stages[number].inputGradient, number > 0 else { break }
            stages[number - 1].receive(gradient)
        }
        self.input = Matrix(rows: 0, columns: 0)
    }

    /// Adds the parameters' gradient of the last backward pass to `total`, in the order of `Parameters.values`.
    package func addGradient(to total: inout [Float]) {
        var offset = 0
        for stage in stages {
            let gradient = stage.gradient
            total.withUnsafeMutableBufferPointer { total in
                gradient.withUnsafeBufferPointer { gradient in
                    for i in gradient.indices { total[offset + i] += gradient[i] }
                }
            }
            offset += gradient.count
        }
    }

    private func parameters(of network: Network, _ number: Int) -> ArraySlice<Float> {
        network.parameters.values[network.parameters.layerRanges[number]]
    }
}

/// A layer with its working memory, whatever the layer's type.
private protocol AnyStage: AnyObject {
    var output: Matrix { get }
    var gradient: [Float] { get }
    var inputGradient: Matrix? { get }
    func forward(_ input: Matrix, _ pass: inout Pass, _ parameters: ArraySlice<Float>)
    func receive(_ gradient: Matrix)
    func backward(_ input: Matrix, _ pass: Pass, _ parameters: ArraySlice<Float>)
    var outputTangent: Matrix { get }
    func tangent(
        _ input: Matrix, _ pass: Pass, _ inputTangent: Matrix?, _ parameters: ArraySlice<Float>, _ direction: ArraySlice<Float>
    ) throws(TrainingError)
    /// Adds the gradient of structural/2 · ‖R{output}‖² to the output's where the layer is recurrent, then goes back.
    func backward(_ input: Matrix, _ pass: Pass, _ parameters: ArraySlice<Float>, structural: Float)
}

private func makeStage<L: Layer>(_ layer: L, passesGradient: Bool) -> any AnyStage { Stage(layer, passesGradient: passesGradient) }

private final class Stage<L: Layer>: AnyStage {
    private let layer: L
    private var trace: L.Trace
    private(set) var output: Matrix
    private var outputGradient: Matrix
    /// The gradient of the input, after `backward`; nil where nobody needs it.
    private(set) var inputGradient: Matrix?
    private(set) var gradient: [Float]
    private(set) var outputTangent: Matrix

    init(_ layer: L, passesGradient: Bool) {
        self.layer = layer
        trace = layer.makeTrace()
        output = Matrix(rows: 0, columns: layer.outputs)
        outputGradient = Matrix(rows: 0, columns: layer.outputs)
        inputGradient = passesGradient ? Matrix(rows: 0, columns: layer.inputs) : nil
        gradient = [Float](repeating: 0, count: layer.parameterCount)
        outputTangent = Matrix(rows: 0, columns: layer.outputs)
    }

    func forward(_ input: Matrix, _ pass: inout Pass, _ parameters: ArraySlice<Float>) {
        layer.forward(input, &pass, parameters: parameters, trace: &trace, output: &output)
    }

    func receive(_ gradient: Matrix) {
        outputGradient.copy(gradient)
    }

    func backward(_ input: Matrix, _ pass: Pass, _ parameters: ArraySlice<Float>) {
        gradient.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        layer.backward(
            input, pass, parameters: parameters, trace: &trace, output: output, outputGradient: &outputGradient, gradient: &gradient,
            inputGradient: &inputGradient)
    }

    func tangent(
        _ input: Matrix, _ pass: Pass, _ inputTangent: Matrix?, _ parameters: ArraySlice<Float>, _ direction: ArraySlice<Float>
    ) throws(TrainingError) {
        try layer.tangent(
            input, pass, inputTangent: inputTangent, parameters: parameters, parameterTangent: direction, trace: &trace, output: output,
            outputTangent: &outputTangent)
    }

    func backward(_ input: Matrix, _ pass: Pass, _ parameters: ArraySlice<Float>, structural: Float) {
        if structural > 0, layer.isRecurrent {
            for i in outputGradient.elements.indices { outputGradient.elements[i] += structural * outputTangent.elements[i] }
        }
        backward(input, pass, parameters)
    }
}
