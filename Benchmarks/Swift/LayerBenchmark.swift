import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Times a training step and inference of an LSTM layer, and the matrix products of the training step alone.
///
/// The limit of a step is the time of its products by `dnnl_sgemm`, with the same shapes in the same run. With this package's own product
/// kernel, a step can approach the limit or beat it.
package struct LayerBenchmark: Sendable {
    /// The layer, or the layer of either direction.
    package var layer: LSTM
    package var isBidirectional = false
    /// Frames of each sequence.
    package var lengths: [Int]
    package var workers: Workers
    package var repeats = 7

    package init(layer: LSTM, lengths: [Int], workers: Workers) {
        self.layer = layer
        self.lengths = lengths
        self.workers = workers
    }

    package struct Result: Sendable {
        /// A forward and backward pass over the batch.
        package var training: Timings
        /// A forward pass in inference.
        package var inference: Timings
        /// The products of a training step alone.
        package var limit: Timings
        package var frames: Int
    }

    /// Distributes the batch's sequences over one part per thread.
    package func run() -> Result {
        let benchmarked: any Layer = isBidirectional ? Bidirectional(layer) : layer
        let network = Network([benchmarked], seed: 1)
        let parts = (0..<min(workers.threads, lengths.count)).map { part in
            BenchmarkPart(
                network, layer, products: isBidirectional ? 2 : 1,
                stride(from: part, to: lengths.count, by: workers.threads).map { lengths[$0] })
        }
        func timings(_ work: @Sendable (BenchmarkPart) -> Void) -> Timings {
            Timings(repeats: repeats) { workers.forEach(parts.count) { work(parts[$0]) } }
        }
        return Result(
            training: timings { $0.train() }, inference: timings { $0.infer() }, limit: timings { $0.multiply() },
            frames: lengths.reduce(0, +))
    }
}

/// Unchecked: only piece i of the work uses part i.
private final class BenchmarkPart: @unchecked Sendable {
    private let network: Network
    private let layer: LSTM
    /// How many times a step has the layer's products.
    private let products: Int
    private let memory: NetworkMemory
    private let batch: PackedBatch
    private let input: Matrix
    private let gradient: Matrix
    private let operand: [Float]
    private var scratch: [Float]

    init(_ network: Network, _ layer: LSTM, products: Int, _ lengths: [Int]) {
        var random = RandomSource(seed: 1)
        self.network = network
        self.layer = layer
        self.products = products
        memory = network.makeMemory()
        batch = PackedBatch(lengths: lengths)
        let rows = batch.rows
        input = Matrix(rows: rows, columns: layer.inputs, elements: (0..<rows * layer.inputs).map { _ in random.normal() })
        gradient = Matrix(rows: rows, columns: network.outputs, repeating: 1)
        operand = [Float](repeating: 1, count: rows * 4 * layer.cells)
        scratch = [Float](repeating: 0, count: max(rows, layer.cells, layer.inputs) * 4 * layer.cells)
    }

    func train() {
        _ = memory.forward(network, input, Pass(batch: batch, phase: .training))
        memory.backward(network, outputGradient: gradient, Pass(batch: batch, phase: .training))
    }

    func infer() {
        _ = memory.forward(network, input, Pass(batch: batch, phase: .inference))
    }

    /// The five products of a training step by `dnnl_sgemm`, with the batch's number of rows at each time step.
    func multiply() {
        let (d, h) = (layer.inputs, layer.cells)
        withPointers(reading: network.parameters.values, operand, writing: &scratch) { θ, x, out in
            for _ in 0..<products {
                for steps in batch.chunks(rows: 256) {
                    let rows = batch.rows(of: steps).count
                    let gates = MatrixView(x, rows: rows, columns: 4 * h)
                    let frames = MatrixView(x, rows: rows, columns: d)
                    let states = MatrixView(x, rows: rows, columns: h)
                    let (inputWeights, stateWeights) = (MatrixView(θ, rows: d, columns: 4 * h), MatrixView(θ, rows: h, columns: 4 * h))
                    Product.multiply(frames, inputWeights, into: MutableMatrixView(out, rows: rows, columns: 4 * h))
                    for n in batch.counts[steps] {
                        Product.multiply(
                            MatrixView(x, rows: n, columns: h), stateWeights, into: MutableMatrixView(out, rows: n, columns: 4 * h))
                        Product.multiply(
                            MatrixView(x, rows: n, columns: 4 * h), MatrixView(θ, rows: 4 * h, columns: h),
                            into: MutableMatrixView(out, rows: n, columns: h))
                    }
                    Product.multiply(gates.transposed, frames, into: MutableMatrixView(out, rows: 4 * h, columns: d))
                    Product.multiply(gates.transposed, states, into: MutableMatrixView(out, rows: 4 * h, columns: h))
                }
            }
        }
    }
}
