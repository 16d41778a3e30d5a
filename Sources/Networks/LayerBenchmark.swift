import Tensors

/// Times a layer's training step, and the speed of the products that it cannot do without.
///
/// The limit of a step is the number of its products' operations at the speed which `dnnl_sgemm` shows on the same shapes in the same run.
public struct LayerBenchmark: Sendable {
    public var layer: LSTM
    /// Frames of each sequence.
    public var lengths: [Int]
    public var workers: Workers
    public var repeats = 7

    public init(layer: LSTM, lengths: [Int], workers: Workers) {
        self.layer = layer
        self.lengths = lengths
        self.workers = workers
    }

    public struct Result: Sendable, Codable {
        /// Seconds of a forward and backward pass over the batch, median and fastest of the repeats.
        public var trainingMedian: Double
        public var trainingBest: Double
        /// Seconds of a forward pass in inference.
        public var inferenceBest: Double
        /// Seconds that the products of a training step alone would take.
        public var trainingLimit: Double
        public var frames: Int
    }

    /// The batch's sequences dealt to one part for each thread.
    public func run() -> Result {
        let parts = (0..<workers.threads).map { part in
            BenchmarkPart(layer, stride(from: part, to: lengths.count, by: workers.threads).map { lengths[$0] })
        }
        func seconds(_ work: @Sendable (BenchmarkPart) -> Void) -> [Double] {
            work(parts[0])
            return (0..<repeats).map { _ in
                let began = ContinuousClock.now
                workers.forEach(parts.count) { work(parts[$0]) }
                return began.duration(to: .now) / .seconds(1)
            }.sorted()
        }
        let training = seconds { $0.train() }
        let inference = seconds { $0.infer() }
        let limit = seconds { $0.products() }
        return Result(
            trainingMedian: training[repeats / 2], trainingBest: training[0], inferenceBest: inference[0], trainingLimit: limit[0],
            frames: lengths.reduce(0, +))
    }
}

/// Unchecked: piece i of the work alone touches part i.
private final class BenchmarkPart: @unchecked Sendable {
    private let network: Network
    private let layer: LSTM
    private let batch: PackedBatch
    private let memory: NetworkMemory
    private let input: Matrix
    private let gradient: Matrix
    private let operand: [Float]
    private var scratch: [Float]

    init(_ layer: LSTM, _ lengths: [Int]) {
        var random = RandomSource(seed: 1)
        self.layer = layer
        network = Network([layer], seed: 1)
        memory = network.makeMemory()
        batch = PackedBatch(lengths: lengths)
        let rows = batch.rows
        input = Matrix(rows: rows, columns: layer.inputs, elements: (0..<rows * layer.inputs).map { _ in random.normal() })
        gradient = Matrix(rows: rows, columns: layer.cells, repeating: 1)
        operand = [Float](repeating: 1, count: rows * 4 * layer.cells)
        scratch = [Float](repeating: 0, count: max(rows, layer.cells) * 4 * layer.cells)
    }

    func train() {
        _ = memory.forward(network, input, Pass(batch: batch, phase: .training))
        memory.backward(network, outputGradient: gradient, Pass(batch: batch, phase: .training))
    }

    func infer() {
        _ = memory.forward(network, input, Pass(batch: batch, phase: .inference))
    }

    /// The five products of a training step by `dnnl_sgemm`, with as many rows at each time step as the batch has.
    func products() {
        let (d, h) = (layer.inputs, layer.cells)
        withPointers(reading: network.parameters.values, operand, writing: &scratch) { θ, x, out in
            for steps in batch.chunks(rows: 256) {
                let rows = batch.rows(of: steps).count
                Product.multiply(m: rows, n: 4 * h, k: d, x, stride: d, θ, stride: 4 * h, beta: 0, out, stride: 4 * h)
                for n in batch.counts[steps] {
                    Product.multiply(m: n, n: 4 * h, k: h, x, stride: h, θ, stride: 4 * h, beta: 0, out, stride: 4 * h)
                    Product.multiply(m: n, n: h, k: 4 * h, x, stride: 4 * h, θ, stride: h, beta: 0, out, stride: h)
                }
                Product.multiply(m: 4 * h, n: d, k: rows, x, stride: 4 * h, transposedA: true, x, stride: d, beta: 0, out, stride: d)
                Product.multiply(m: 4 * h, n: h, k: rows, x, stride: 4 * h, transposedA: true, x, stride: h, beta: 0, out, stride: h)
            }
        }
    }
}
