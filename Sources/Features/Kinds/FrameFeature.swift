import CStimmungKernels

/// One kind of feature, computed for every frame by itself.
///
/// A block may hold any number of frames, and what is computed for a frame must not depend on the others in the block: that is
/// what makes the chunks in which a recording arrives invisible in the result.
protocol FrameFeature: Sendable {
    /// Numbers in a frame.
    var width: Int { get }

    /// Whether it reads the block's power spectra; where no kind does, none are computed.
    var needsPower: Bool { get }

    /// Measures every frame of `block` and writes the `width` numbers of frame `t` to `rows[t × stride + column]` and those after it.
    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int)
}

extension FrameFeature {
    /// Writes the lanes of a group of frames as rows: `width` numbers of frame `t` to `rows[t × stride + column]` and those after it.
    func writeRows(
        _ lanes: UnsafeMutableBufferPointer<Float>, _ frames: Range<Int>, _ width: Int, into rows: UnsafeMutableBufferPointer<Float>,
        column: Int, stride: Int
    ) {
        let first = frames.lowerBound * stride + column
        precondition(
            lanes.count == FourierTransform.lanes * width && frames.count <= FourierTransform.lanes
                && first + (frames.count - 1) * stride + width <= rows.count, "rows do not fit \(width) numbers of frames \(frames)")
        ck_write_rows(frames.count, width, lanes.baseAddress, rows.baseAddress.map { $0 + first }, stride)
    }
}
