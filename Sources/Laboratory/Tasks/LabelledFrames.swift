import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// Training data of a frame classifier: frames with their neighbours in the recording, and their classes.
package struct LabelledFrames: Sendable {
    /// `R × (2 · window + 1) D` for R windows of frames with D features; the frames of a window are side by side, the earliest first.
    package let input: Matrix
    /// The class of each row, in 0 ..< `classes`.
    package let labels: [Int]
    package let classes: Int

    /// Rows per block: enough for large matrix products, few enough for several threads.
    private static let blockRows = 1024

    /// - Parameters:
    ///   - sequences: recordings of T frames, `T × D` each.
    ///   - window: context frames on either side; at the ends, the first and the last frame are repeated.
    ///   - every: uses every n-th frame.
    package init(_ sequences: [LabelledSequence], classes: Int, window: Int, every: Int) throws(FrameError) {
        precondition(every > 0 && window >= 0, "invalid frame step \(every) or window \(window)")
        let context = FrameContext(left: window, right: window, padding: .edge)
        let width = context.frames * (sequences.first?.frames.columns ?? 0)
        let steps = sequences.map { Array(stride(from: 0, to: $0.frames.rows, by: every)) }
        var input = Matrix(rows: steps.reduce(0) { $0 + $1.count }, columns: width)
        var row = 0
        for (sequence, steps) in zip(sequences, steps) {
            let frames = try sequence.frames.frames()
            input.elements.withUnsafeMutableBufferPointer { rows in
                guard let base = rows.baseAddress else { return }
                for step in steps {
                    // Bounds: there is one row per step, as wide as a window.
                    context.copyWindow(of: step, in: frames, to: base + row * width)
                    row += 1
                }
            }
        }
        self.init(input: input, labels: zip(sequences, steps).flatMap { [Int](repeating: $0.label, count: $1.count) }, classes: classes)
    }

    /// Labelled frames with given windows.
    package init(input: Matrix, labels: [Int], classes: Int) {
        precondition(input.rows == labels.count && !labels.isEmpty, "\(labels.count) labels for \(input.rows) frames")
        self.input = input
        self.labels = labels
        self.classes = classes
    }

    package var count: Int { labels.count }

    /// Mean cross-entropy per frame, and frame accuracy.
    package struct Measurement: Sendable, Equatable, Codable {
        package let loss: Double
        package let accuracy: Double
    }

    /// Loss and accuracy of a network on all frames, in the inference phase. The result is bit-identical for any number of threads.
    func measure(_ network: Network, workers: Workers) -> Measurement {
        let weights = [Float](repeating: 1, count: classes)
        let sums = workers.map(blocks.count) { number in
            let rows = blocks[number]
            let pass = Pass(batch: Self.batch(rows.count), phase: .inference)
            var output = network.makeMemory().forward(network, input.rows(rows), pass)
            return FrameLoss().gradient(&output, targets: Array(labels[rows]), weights: weights, scale: 1)
        }
        let sum = sums.reduce(into: FrameLoss.Sum()) { $0 += $1 }
        return Measurement(loss: sum.loss / Double(count), accuracy: Double(sum.correct) / Double(count))
    }

    /// The mean cross-entropy over all frames as a function of the parameters.
    func objective(_ network: Network, workers: Workers, seed: UInt64) -> NetworkObjective {
        let parts = blocks.map { rows in
            NetworkObjective.Part(
                input: input.rows(rows), batch: Self.batch(rows.count),
                loss: CrossEntropyLoss(targets: Array(labels[rows]), scale: 1 / Float(count)))
        }
        return NetworkObjective(network, parts: parts, workers: workers, seed: seed)
    }

    /// The rows and labels at the given indices.
    func gather(_ numbers: some Collection<Int>) -> (input: Matrix, labels: [Int]) {
        var rows = Matrix(rows: 0, columns: input.columns)
        rows.reserve(rows: numbers.count)
        for number in numbers { rows.append(rows: input.row(number)) }
        return (rows, numbers.map { labels[$0] })
    }

    /// A batch of sequences of length 1, one per window.
    static func batch(_ frames: Int) -> PackedBatch { PackedBatch(lengths: [Int](repeating: 1, count: frames)) }

    private var blocks: [Range<Int>] {
        stride(from: 0, to: count, by: Self.blockRows).map { $0..<min($0 + Self.blockRows, count) }
    }
}
