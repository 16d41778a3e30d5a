import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// The loss of a network's head on labelled recordings, with a prior that keeps it near its old parameters.
///
///     L(W, b) = 1/N Σ_i w_i l_i(W, b) + s/2N (q ‖W − W₀‖² + ‖b − b₀‖²)
///
/// l_i is the mean loss of the frames of recording i. The weights w_i make every class of every corpus count alike; their sum is N, the number of
/// recordings. q is the mean of ‖h‖² over the recordings, where h is a row of inputs of the head, less their mean. The prior then means the same for
/// any number and scale of inputs: before any recording was heard, each class's output for a recording moves by 0 ± 1/√s, for all recordings alike, and
/// by as much from one recording to another. The more recordings, the less the prior counts.
///
/// Source of the prior: X. Li, Y. Grandvalet, F. Davoine, *Explicit inductive bias for transfer learning with convolutional networks* (2018), L²-SP.
///
/// With cross-entropy the loss is strictly convex, so that there is one optimum. The classes that a recording's corpus lacks take no part in its loss:
/// their own parameters stay, and so does the mean output of the others, to which the moves of W and b add up to 0.
package struct HeadObjective {
    private let start: [Float]
    private let head: Network
    private let parallel: DataParallel<HeadPart>
    /// Of the prior, for each weight and for each bias: s q / N and s / N.
    private let decay: (weights: Double, biases: Double)

    /// Rows of each of several parts, which keep products large and sums of gradients few.
    private static let rowsOfPart = 64

    /// - Parameters:
    ///   - head: with the old parameters.
    ///   - recordings: inputs of the head, centred, with their classes; at least one.
    ///   - strength: s, at least 0.
    /// - Throws: `FrameError` if the inputs cannot be read.
    package init(
        _ head: Network, _ recordings: [LabelledSequence], loss: FrameLoss, strength: Double, workers: Workers
    ) throws(FrameError) {
        precondition(!recordings.isEmpty, "a head is fitted to at least one recording")
        self.head = head
        start = head.parameters.values
        let count = Double(recordings.count)
        let squares = try workers.map(recordings.count) { (index) throws(FrameError) in try Self.meanSquare(of: recordings[index].frames) }
        decay = (strength * squares.reduce(0, +) / count / count, strength / count)
        let weights = Self.weights(recordings)
        let rows = recordings.reduce(0) { $0 + $1.frames.rows }
        let parts = min(DataParallel<HeadPart>.count(of: rows, atLeast: Self.rowsOfPart), recordings.count)
        parallel = DataParallel(
            (0..<parts).map { part in
                let own = DataParallel<HeadPart>.share(part, of: parts, in: recordings.count)
                return HeadPart(head, Array(recordings[own]), weights[own].map { $0 / count }, loss)
            }, workers: workers)
    }

    /// The loss and its gradient at the parameters θ: W, then b.
    package func lossAndGradient(_ θ: [Float]) throws(FrameError) -> (loss: Double, gradient: [Float]) {
        var head = head
        head.parameters.values = θ
        let count = parallel.parts.count
        let losses = try parallel.map(count) { [head] (part, _) throws(FrameError) in try part.run(head) }
        var gradient = [Float](repeating: 0, count: θ.count)
        parallel.sum(count, into: &gradient)
        var penalty = 0.0
        for entry in head.parameters.entries {
            let decay = entry.shape.isWeight ? decay.weights : decay.biases
            for i in entry.range {
                let move = Double(θ[i]) - Double(start[i])
                penalty += decay / 2 * move * move
                gradient[i] += Float(decay * move)
            }
        }
        return (losses.reduce(0, +) + penalty, gradient)
    }

    /// The mean of ‖h‖² over the rows.
    private static func meanSquare(of frames: any FrameSource) throws(FrameError) -> Double {
        guard frames.rows > 0 else { return 0 }
        return try frames.frames().elements.reduce(0) { $0 + Double($1) * Double($1) } / Double(frames.rows)
    }

    /// w_i: N / (cells · recordings of the cell), where a cell is a class of a corpus.
    private static func weights(_ recordings: [LabelledSequence]) -> [Double] {
        func cell(_ recording: LabelledSequence) -> [Int] { [recording.group?.number ?? 0, recording.label] }
        let counts = Dictionary(recordings.map { (cell($0), 1) }, uniquingKeysWith: +)
        return recordings.map { Double(recordings.count) / Double(counts.count * counts[cell($0), default: 1]) }
    }
}

/// Some of the recordings, one after the other.
///
/// Unchecked: one worker at a time uses a part, and the parts are read after all workers are done.
private final class HeadPart: GradientPart, @unchecked Sendable {
    private let recordings: [LabelledSequence]
    /// Of each recording in the mean.
    private let weights: [Double]
    private let loss: FrameLoss
    private let memory: NetworkMemory
    private let classWeights: [Float]
    private var gradient: [Float]

    /// Rows that run together.
    private static let mostRows = 1024

    init(_ head: Network, _ recordings: [LabelledSequence], _ weights: [Double], _ loss: FrameLoss) {
        self.recordings = recordings
        self.weights = weights
        self.loss = loss
        memory = head.makeMemory()
        classWeights = [Float](repeating: 1, count: head.outputs)
        gradient = [Float](repeating: 0, count: head.parameters.values.count)
    }

    /// - Returns: the weighted loss of the recordings.
    func run(_ head: Network) throws(FrameError) -> Double {
        gradient.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        var sum = 0.0
        var next = 0
        while next < recordings.count {
            let first = next
            var rows = 0
            repeat {
                rows += recordings[next].frames.rows
                next += 1
            } while next < recordings.count && rows + recordings[next].frames.rows <= Self.mostRows
            sum += try run(head, first..<next, rows: rows)
        }
        return sum
    }

    private func run(_ head: Network, _ members: Range<Int>, rows: Int) throws(FrameError) -> Double {
        guard rows > 0 else { return 0 }
        var input = Matrix(rows: 0, columns: head.inputs)
        input.reserve(rows: rows)
        for index in members { input.append(rows: try recordings[index].frames.frames()) }
        let pass = Pass(batch: PackedBatch(lengths: [rows]), phase: .training)
        var outputs = memory.forward(head, input, pass)
        var sum = 0.0
        var row = 0
        for index in members {
            let recording = recordings[index]
            let length = recording.frames.rows
            guard length > 0 else { continue }
            let scale = weights[index] / Double(length)
            var own = outputs.rows(row..<row + length)
            let masks = recording.group.map { [[Bool]?](repeating: $0.hasClass, count: length) }
            let targets = [Int](repeating: recording.label, count: length)
            sum += scale * loss.gradient(&own, targets: targets, weights: classWeights, scale: Float(scale), masks: masks).loss
            outputs.elements.replaceSubrange(row * own.columns..<(row + length) * own.columns, with: own.elements)
            row += length
        }
        memory.backward(head, outputGradient: outputs, pass)
        memory.addGradient(to: &gradient)
        return sum
    }

    func addGradient(to total: inout [Float]) {
        for i in total.indices { total[i] += gradient[i] }
    }
}
