import CStimmungKernels
import StimmungTensors

/// Frames, each with the n frames before it in its own utterance.
///
///     let windows = FrameWindows(utterances: [first, second], order: 5)
///     windows.count     // all frames of both; the past of a frame of `second` never includes frames of `first`
///
/// Frames before the start of an utterance are zeros: for standardised data the mean, the best guess without information. Every frame thus
/// has hidden units, in training and in use, and a stream can start at once. (Without the first n frames there would be fewer training
/// frames, and the first n features would be undefined.)
///
/// Storage is one array in which n zero frames precede each utterance, so that a frame and its past are contiguous. It needs (1 + n / T)
/// times the memory of an utterance of T frames.
package struct FrameWindows: Sendable {
    /// V, values per frame.
    package let width: Int
    /// n
    package let order: Int
    private var storage: [Float]
    /// Offset in `storage` of the oldest past frame of each frame.
    private var starts: [Int]

    /// All frames of utterances of the same width, T × V each, in order.
    package init(utterances: [Matrix], order: Int) {
        precondition(!utterances.isEmpty, "windows need at least one utterance")
        self.init(width: utterances[0].columns, order: order, frames: utterances.reduce(0) { $0 + $1.rows }, utterances: utterances.count)
        for utterance in utterances { append(utterance) }
    }

    /// No frames, with capacity for a number of frames and utterances.
    init(width: Int, order: Int, frames: Int, utterances: Int) {
        precondition(order >= 0, "the order must not be negative")
        self.width = width
        self.order = order
        storage = []
        storage.reserveCapacity((frames + utterances * order) * width)
        starts = []
        starts.reserveCapacity(frames)
    }

    /// Appends all frames of an utterance, T × V.
    mutating func append(_ utterance: Matrix) {
        precondition(utterance.columns == width, "\(utterance.columns) columns appended to \(width)")
        for frame in 0..<utterance.rows { starts.append(storage.count + frame * width) }
        storage.append(contentsOf: repeatElement(0, count: order * width))
        storage.append(contentsOf: utterance.elements)
    }

    /// N frames with given pasts: N × V, and N × nV with the oldest frame first.
    package init(frames: Matrix, past: Matrix) {
        precondition(frames.columns > 0 && past.columns % frames.columns == 0 && past.rows == frames.rows, "a past for each frame")
        width = frames.columns
        order = past.columns / frames.columns
        storage = []
        storage.reserveCapacity(frames.elements.count + past.elements.count)
        starts = []
        for row in 0..<frames.rows {
            starts.append(storage.count)
            storage.append(contentsOf: past.row(row))
            storage.append(contentsOf: frames.row(row))
        }
    }

    /// Frames without a past, N × V, for a plain machine.
    package init(_ frames: Matrix) {
        self.init(utterances: [frames], order: 0)
    }

    /// Number of frames.
    package var count: Int { starts.count }

    /// The frames themselves, N × V.
    package var frames: Matrix {
        var result = Matrix(rows: 0, columns: width)
        result.reserve(rows: count)
        for start in starts { result.append(rows: storage[start + order * width..<start + (order + 1) * width]) }
        return result
    }

    /// The pasts of the frames, N × nV, the oldest frame first.
    package var past: Matrix {
        let columns = order * width
        var elements: [Float] = []
        elements.reserveCapacity(count * columns)
        for start in starts { elements.append(contentsOf: storage[start..<start + columns]) }
        return Matrix(rows: count, columns: columns, elements: elements)
    }

    /// At most `limit` evenly spaced frames.
    package func thinned(to limit: Int) -> FrameWindows {
        guard count > limit else { return self }
        var result = self
        result.starts = (0..<limit).map { starts[$0 * count / limit] }
        return result
    }

    /// The frames of `range` only.
    package func part(_ range: Range<Int>) -> FrameWindows {
        var result = self
        result.starts = Array(starts[range])
        return result
    }

    /// One frame, repeated `times` times.
    func repeating(_ frame: Int, count times: Int) -> FrameWindows {
        var result = self
        result.starts = [Int](repeating: starts[frame], count: times)
        return result
    }

    /// Writes rows [x, x_{<t}, 1] of the frames with the indices `numbers`, V + nV + 1 values each.
    func gather(_ numbers: some Collection<Int>, into rows: UnsafeMutablePointer<Float>) {
        let starts = numbers.map { self.starts[$0] }
        storage.withUnsafeBufferPointer { storage in
            guard let base = storage.baseAddress else { return }
            ck_gather_windows(starts.count, starts, order * width, width, base, rows)
        }
    }
}
