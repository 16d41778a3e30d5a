import StimmungTensors

/// Frames, each with the n frames before it in its own utterance.
///
///     let windows = FrameWindows(utterances: [first, second], order: 5)
///     windows.count     // all frames of both; the past of a frame of `second` never reaches into `first`
///
/// The frames before an utterance's beginning are zeros. For standardised data that is the mean, the best guess where nothing is known; and every
/// frame has hidden units then, the first ones too, in training just as in use, so that a stream can begin at once. (Leaving the
/// first n frames out would train on fewer frames and leave their features undefined.)
///
/// Storage is one array in which n zero frames precede each utterance, so that a frame and its past lie in one piece: (1 + n / T) times the data.
package struct FrameWindows: Sendable {
    /// V, numbers of a frame.
    package let width: Int
    /// n
    package let order: Int
    private var storage: [Float]
    /// Where the oldest past frame of each frame begins in `storage`.
    private var starts: [Int]

    /// All frames of some utterances, T × V each and all of one width, one after the other.
    package init(utterances: [Matrix], order: Int) {
        precondition(!utterances.isEmpty, "windows over no utterance")
        self.init(width: utterances[0].columns, order: order, frames: utterances.reduce(0) { $0 + $1.rows }, utterances: utterances.count)
        for utterance in utterances { append(utterance) }
    }

    /// No frames yet, with room for a number of frames and utterances.
    init(width: Int, order: Int, frames: Int, utterances: Int) {
        precondition(order >= 0, "windows of \(order) frames")
        self.width = width
        self.order = order
        storage = []
        storage.reserveCapacity((frames + utterances * order) * width)
        starts = []
        starts.reserveCapacity(frames)
    }

    /// All frames of one more utterance, T × V.
    mutating func append(_ utterance: Matrix) {
        precondition(utterance.columns == width, "\(utterance.columns) columns beside \(width)")
        for frame in 0..<utterance.rows { starts.append(storage.count + frame * width) }
        storage.append(contentsOf: repeatElement(0, count: order * width))
        storage.append(contentsOf: utterance.elements)
    }

    /// Frames with pasts of their own: N × V, and N × nV with the oldest frame first.
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

    /// Their pasts, N × nV, the oldest frame first.
    package var past: Matrix {
        let columns = order * width
        var elements: [Float] = []
        elements.reserveCapacity(count * columns)
        for start in starts { elements.append(contentsOf: storage[start..<start + columns]) }
        return Matrix(rows: count, columns: columns, elements: elements)
    }

    /// At most `limit` of the frames, evenly spaced.
    package func thinned(to limit: Int) -> FrameWindows {
        guard count > limit else { return self }
        var result = self
        result.starts = (0..<limit).map { starts[$0 * count / limit] }
        return result
    }

    /// The frames of `range` alone.
    package func part(_ range: Range<Int>) -> FrameWindows {
        var result = self
        result.starts = Array(starts[range])
        return result
    }

    /// One frame, `times` times.
    func repeating(_ frame: Int, count times: Int) -> FrameWindows {
        var result = self
        result.starts = [Int](repeating: starts[frame], count: times)
        return result
    }

    /// Writes rows [x, x_{<t}, 1] of the frames with these numbers; `rows` has room for as many rows of V + nV + 1.
    func gather(_ numbers: some Collection<Int>, into rows: UnsafeMutablePointer<Float>) {
        let past = order * width
        storage.withUnsafeBufferPointer { storage in
            guard let base = storage.baseAddress else { return }
            var row = rows
            for number in numbers {
                let from = base + starts[number]
                row.update(from: from + past, count: width)
                (row + width).update(from: from, count: past)
                row[width + past] = 1
                row += width + past + 1
            }
        }
    }
}
