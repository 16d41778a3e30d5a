import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Times a training step and inference of an LSTM layer.
package struct LayerBenchmark: Sendable {
    /// The layer, or the layer of either direction.
    package var layer: LSTM
    package var isBidirectional = false
    /// Frames of each sequence.
    package var lengths: [Int]
    package var workers: Workers
    package var precision = Precision.float32
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
        package var frames: Int
        /// Operations in the matrix products of a training step; a multiply-add is two.
        package var operations: Double
        /// Bytes of weights that a pass in inference reads: all of them at every step.
        package var weights: Double
    }

    /// Distributes the batch's sequences over one part per thread.
    package func run() -> Result {
        let benchmarked: any Layer = isBidirectional ? Bidirectional(layer) : layer
        var network = Network([benchmarked], seed: 1)
        network.precision = precision
        let parts = (0..<min(workers.threads, lengths.count)).map { [network] part in
            BenchmarkPart(network, stride(from: part, to: lengths.count, by: workers.threads).map { lengths[$0] })
        }
        func timings(_ work: @Sendable (BenchmarkPart) -> Void) -> Timings {
            Timings(repeats: repeats) { workers.forEach(parts.count) { work(parts[$0]) } }
        }
        let (frames, directions) = (Double(lengths.reduce(0, +)), isBidirectional ? 2.0 : 1)
        // Forwards the inputs and the states, backwards the states, and the gradients of both weights.
        let perFrame = 2.0 * Double(4 * layer.cells * (2 * layer.inputs + 3 * layer.cells))
        return Result(
            training: timings { $0.train() }, inference: timings { $0.infer() }, frames: Int(frames),
            operations: directions * frames * perFrame,
            weights: directions * Double(lengths.max() ?? 0) * Double(precision.bytes * 4 * layer.cells * (layer.inputs + layer.cells)))
    }
}

/// Unchecked: only piece i of the work uses part i.
private final class BenchmarkPart: @unchecked Sendable {
    private let network: Network
    private let memory: NetworkMemory
    private let batch: PackedBatch
    private let input: Matrix
    private let gradient: Matrix

    init(_ network: Network, _ lengths: [Int]) {
        var random = RandomSource(seed: 1)
        self.network = network
        memory = network.makeMemory()
        batch = PackedBatch(lengths: lengths)
        let rows = batch.rows
        input = Matrix(rows: rows, columns: network.inputs, elements: (0..<rows * network.inputs).map { _ in random.normal() })
        gradient = Matrix(rows: rows, columns: network.outputs, repeating: 1)
    }

    func train() {
        _ = memory.forward(network, input, Pass(batch: batch, phase: .training))
        memory.backward(network, outputGradient: gradient, Pass(batch: batch, phase: .training))
    }

    func infer() {
        _ = memory.forward(network, input, Pass(batch: batch, phase: .inference))
    }
}
