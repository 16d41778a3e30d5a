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
    /// Power spectra, `count × bins`, frames are rows; of no meaning where no kind of the list needs them.
    let power: UnsafeBufferPointer<Float>

    func samples(ofFrame index: Int) -> UnsafeBufferPointer<Float> {
        samples(ofFrame: index, from: 0, count: window)
    }

    /// `count` samples of the recording, the first of them `start` samples behind the start of the frame; negative lies before it.
    func samples(ofFrame index: Int, from start: Int, count: Int) -> UnsafeBufferPointer<Float> {
        let first = before + index * hop + start
        return UnsafeBufferPointer(rebasing: samples[first..<first + count])
    }

    func power(ofFrame index: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: power[index * bins..<(index + 1) * bins])
    }
}
