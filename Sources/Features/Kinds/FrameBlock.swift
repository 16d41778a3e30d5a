import CStimmungKernels

/// A block of consecutive frames, as raw samples and as power spectra.
///
/// The pointers are valid only during the call that receives the block.
struct FrameBlock {
    /// The number of frames.
    let count: Int
    /// Samples from the start of a frame to the start of the next.
    let hop: Int
    /// Samples per frame.
    let window: Int
    /// Values in the power spectrum of a frame, `transform size / 2 + 1`.
    let bins: Int
    /// Samples in `samples` before the first frame.
    let before: Int
    /// Raw samples: frame `t` is at `before + t × hop ..< before + t × hop + window`.
    let samples: UnsafeBufferPointer<Float>
    /// Power spectra in the layout of `PowerSpectrum`: bin `k` of frame `t` is at `(t / lanes × bins + k) × lanes + t mod lanes`. Undefined
    /// if no kind needs them.
    let power: UnsafeBufferPointer<Float>
    /// The least energy of each frame before a logarithm, for a whole number of groups.
    let floors: UnsafeBufferPointer<Float>

    func samples(ofFrame index: Int) -> UnsafeBufferPointer<Float> {
        samples(ofFrame: index, from: 0, count: window)
    }

    /// `count` samples of the recording, from `start` samples after the start of the frame (negative: before it).
    func samples(ofFrame index: Int, from start: Int, count: Int) -> UnsafeBufferPointer<Float> {
        let first = before + index * hop + start
        return UnsafeBufferPointer(rebasing: samples[first..<first + count])
    }

    /// The indices of the frames, in groups of the size that a kernel processes at once.
    var ranges: some Sequence<Range<Int>> {
        stride(from: 0, to: count, by: FourierTransform.lanes).lazy.map { $0..<min($0 + FourierTransform.lanes, count) }
    }

    /// A group of frames for kinds that need spectra.
    struct Group {
        /// The indices of the frames.
        let frames: Range<Int>
        /// Their spectra as `bins` lanes. Values beyond the last frame are undefined.
        let power: UnsafeBufferPointer<Float>
        /// Their floors, one lane.
        let floors: UnsafeBufferPointer<Float>
    }

    /// The frames in groups.
    var groups: some Sequence<Group> {
        let lanes = FourierTransform.lanes
        let size = bins * lanes
        return stride(from: 0, to: count, by: lanes).lazy.map { first in
            let start = first / lanes * size
            return Group(
                frames: first..<min(first + lanes, count), power: UnsafeBufferPointer(rebasing: power[start..<start + size]),
                floors: UnsafeBufferPointer(rebasing: floors[first..<first + lanes]))
        }
    }

    /// Calls `body` with the power spectrum of one frame: `bins` contiguous values.
    func withPower<Result>(ofFrame index: Int, _ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: bins) { spectrum in
            let first = index / FourierTransform.lanes * bins * FourierTransform.lanes + index % FourierTransform.lanes
            for bin in 0..<bins { spectrum.initializeElement(at: bin, to: power[first + bin * FourierTransform.lanes]) }
            return body(UnsafeBufferPointer(spectrum))
        }
    }

    /// Writes the lanes of a group of frames as rows.
    ///
    /// - Parameters:
    ///   - lanes: one per column.
    ///   - frames: the indices of the frames in the group.
    ///   - rows: receives column `c` of frame `t` at `t × stride + column + c`.
    func write(
        _ lanes: UnsafeMutableBufferPointer<Float>, of frames: Range<Int>, into rows: UnsafeMutableBufferPointer<Float>, column: Int,
        stride: Int
    ) {
        let width = lanes.count / FourierTransform.lanes
        let first = frames.lowerBound * stride + column
        precondition(
            frames.count <= FourierTransform.lanes && first + (frames.count - 1) * stride + width <= rows.count,
            "rows do not fit \(width) values of frames \(frames)")
        ck_write_rows(frames.count, width, lanes.baseAddress, rows.baseAddress.map { $0 + first }, stride)
    }
}
