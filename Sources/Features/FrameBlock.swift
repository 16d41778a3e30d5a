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
    /// Raw samples: frame `t` is at `t × hop ..< t × hop + window`.
    let samples: UnsafeBufferPointer<Float>
    /// Power spectra, `count × bins`, frames are rows; of no meaning where no kind of the list needs them.
    let power: UnsafeBufferPointer<Float>

    func samples(ofFrame index: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: samples[index * hop..<index * hop + window])
    }

    func power(ofFrame index: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: power[index * bins..<(index + 1) * bins])
    }
}
