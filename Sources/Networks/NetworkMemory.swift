import CStimmungKernels
import StimmungTensors
import Synchronization

/// The working memory of one worker that runs a network: activations and gradients, allocated once and reused.
package final class NetworkMemory {
    /// One stage per layer.
    package let stages: [any NetworkStage]
    private var input = Matrix(rows: 0, columns: 0)

    init(_ layers: [any Layer]) {
        // Gradients with respect to the features, or to the outputs of layers without parameters above them, are not needed.
        let firstTrained = layers.firstIndex { $0.parameterCount > 0 } ?? layers.count
        stages = layers.enumerated().map { number, layer in makeStage(layer, needsInputGradient: number > firstTrained) }
    }

    /// The network's output for the rows of a packed batch, `R × outputs`.
    ///
    /// While streaming, layers that wait for later frames delay rows: the output may have fewer than R rows or none, and the pass that ends
    /// the stream outputs the rest. In total there are as many output rows as input rows.
    package func forward(_ network: Network, _ input: Matrix, _ pass: Pass) -> Matrix {
        self.input = input
        var pass = pass
        pass.precision = network.precision
        let random = pass.random
        for (number, stage) in stages.enumerated() {
            pass.random = random.stream(number)
            stage.forward(self.input(of: number), &pass, parameters: parameters(of: network, number))
            if pass.batch.rows == 0 { return Matrix(rows: 0, columns: network.outputs) }
        }
        return stages[stages.count - 1].output
    }

    /// Back-propagates the gradient of the loss with respect to the output of the last forward pass, `R × outputs`.
    ///
    /// The gradient of the parameters is then available from `addGradient(to:)`.
    ///
    /// - Parameter adjust: called before each layer's backward pass, the topmost first; may change the gradient of that layer's output.
    package func backward(
        _ network: Network, outputGradient: Matrix, _ pass: Pass,
        adjust: (_ number: Int, _ outputGradient: inout Matrix) -> Void = { _, _ in }
    ) {
        stages[stages.count - 1].receive(outputGradient)
        var pass = pass
        pass.precision = network.precision
        for number in stages.indices.reversed() {
            let stage = stages[number]
            adjust(number, &stage.gradients.output)
            stage.backward(input(of: number), pass, parameters: parameters(of: network, number))
            guard stage.gradients.needsInput, number > 0 else { break }
            stage.passGradient(to: stages[number - 1])
        }
        input = Matrix(rows: 0, columns: 0)
    }

    /// Adds the parameters' gradient of the last backward pass to `total`, in the order of `Parameters.values`.
    package func addGradient(to total: inout [Float]) {
        var offset = 0
        for stage in stages {
            let gradient = stage.gradients.parameters
            precondition(offset + gradient.count <= total.count, "the gradient is of another network")
            // Bounds: checked above.
            total.withUnsafeMutableBufferPointer { total in
                gradient.withUnsafeBufferPointer { gradient in
                    guard let total = total.baseAddress, let own = gradient.baseAddress else { return }
                    ck_add_column_sums(1, gradient.count, own, total + offset)
                }
            }
            offset += gradient.count
        }
    }

    /// The input of a layer in the last forward pass; valid until the end of the backward pass.
    package func input(of number: Int) -> Matrix { number == 0 ? input : stages[number - 1].output }

    private func parameters(of network: Network, _ number: Int) -> ArraySlice<Float> {
        network.parameters.values[network.parameters.layerRanges[number]]
    }
}

/// A layer of any type with its working memory.
package protocol NetworkStage: AnyObject {
    var output: Matrix { get }
    var gradients: LayerGradients { get set }
    func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>)
    /// Sets the gradient of the output.
    func receive(_ gradient: Matrix)
    /// Makes the gradient of the input that of a lower stage's output. They exchange their memory: a copy of it takes 1 % of a step of `lstm`.
    func passGradient(to lower: any NetworkStage)
    func backward(_ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>)
}

private func makeStage<L: Layer>(_ layer: L, needsInputGradient: Bool) -> any NetworkStage {
    LayerStage(layer, needsInputGradient: needsInputGradient)
}

package final class LayerStage<L: Layer>: NetworkStage {
    package let layer: L
    package var trace: L.Trace
    package private(set) var output: Matrix
    package var gradients: LayerGradients

    init(_ layer: L, needsInputGradient: Bool) {
        self.layer = layer
        trace = layer.makeTrace()
        output = Matrix(rows: 0, columns: layer.outputs)
        // The first backward pass allocates the parameters' gradient, which inference does not need.
        gradients = LayerGradients(of: layer, needsInput: needsInputGradient, allocatesParameters: false)
    }

    package func forward(_ input: Matrix, _ pass: inout Pass, parameters: ArraySlice<Float>) {
        layer.forward(input, &pass, parameters: parameters, trace: &trace, output: &output)
    }

    package func receive(_ gradient: Matrix) {
        gradients.output.copy(gradient)
    }

    package func passGradient(to lower: any NetworkStage) {
        swap(&gradients.input, &lower.gradients.output)
    }

    package func backward(_ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>) {
        if gradients.parameters.isEmpty {
            gradients.parameters = [Float](repeating: 0, count: layer.parameterCount)
        } else {
            gradients.parameters.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        }
        let values = LayerValues(input: input, output: output, parameters: parameters, pass: pass)
        layer.backward(values, trace: &trace, gradients: &gradients)
    }
}

/// A pool of working memories of one network; each is lent to one worker at a time.
///
/// A memory for 4096 rows of an LSTM with 128 cells is 15 MB. Allocating one for every batch costs as much time as
/// the products of the network: see docs/performance.md (AMD EPYC, Zen 3, AVX2).
package final class NetworkMemories: Sendable {
    private let free = Mutex<[Lent]>([])

    package init() {}

    /// Unchecked: a memory is either in `free` or with the one worker that took it.
    private struct Lent: @unchecked Sendable {
        let memory: NetworkMemory
    }

    /// Calls `body` with a memory of `network`, which must be the same network in every call.
    package func withMemory<Result>(of network: Network, _ body: (NetworkMemory) throws -> Result) rethrows -> Result {
        let lent = free.withLock { $0.popLast() } ?? Lent(memory: network.makeMemory())
        defer { free.withLock { $0.append(lent) } }
        return try body(lent.memory)
    }
}
