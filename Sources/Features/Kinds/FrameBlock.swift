import CStimmungKernels

/// Some neighbouring frames of a recording, in every form that a kind of feature may measure: raw samples and power spectra.
///
/// The pointers are valid only during the call that gets the block.
struct FrameBlock {
    /// The number of frames.
    let count: Int
    /// Samples from one frame to the next.
    let hop: Int
    /// Samples in a frame.
    let window: Int
    /// Numbers in the power spectrum of a frame, `transform size / 2 + 1`.
    let bins: Int
    /// Samples in `samples` before the first frame.
    let before: Int
    /// Raw samples: frame `t` is at `before + t × hop ..< before + t × hop + window`.
    let samples: UnsafeBufferPointer<Float>
    /// Power spectra: bin `k` of frame `t` is at `(t / lanes × bins + k) × lanes + t mod lanes`, as `PowerSpectrum` writes them; of no meaning where
    /// no kind of the list needs them.
    let power: UnsafeBufferPointer<Float>

    func samples(ofFrame index: Int) -> UnsafeBufferPointer<Float> {
        samples(ofFrame: index, from: 0, count: window)
    }

    /// `count` samples of the recording, the first of them `start` samples behind the start of the frame; negative lies before it.
    func samples(ofFrame index: Int, from start: Int, count: Int) -> UnsafeBufferPointer<Float> {
        let first = before + index * hop + start
        return UnsafeBufferPointer(rebasing: samples[first..<first + count])
    }

    /// The numbers of the frames in groups, as many as a kernel takes at once.
    var ranges: some Sequence<Range<Int>> {
        stride(from: 0, to: count, by: FourierTransform.lanes).lazy.map { $0..<min($0 + FourierTransform.lanes, count) }
    }

    /// The frames in groups, for kinds that need spectra: their numbers, and their spectra as `bins` lanes, of which those beyond the last frame
    /// are of no meaning.
    var groups: some Sequence<(frames: Range<Int>, power: UnsafeBufferPointer<Float>)> {
        let size = bins * FourierTransform.lanes
        return stride(from: 0, to: count, by: FourierTransform.lanes).lazy.map { first in
            let start = first / FourierTransform.lanes * size
            return (first..<min(first + FourierTransform.lanes, count), UnsafeBufferPointer(rebasing: power[start..<start + size]))
        }
    }

    /// Calls `body` with the power spectrum of one frame, `bins` numbers one after the other.
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
    ///   - lanes: as many lanes as there are columns.
    ///   - frames: of the group.
    ///   - rows: column `c` of frame `t` goes to `t × stride + column + c`.
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
