import CKissFFT

/// From raw samples of a frame to its power spectrum: pre-emphasis, window, Fourier transform, squared magnitude.
///
///     y_t = x_t − a x_{t−1},   z_t = w_t y_t,   P_k = |Σ_t z_t e^{−2πikt/N}|²,   k = 0 … N/2
///
/// `a` is the pre-emphasis, `w` the window, `N` the transform's size; frames shorter than `N` are filled up with zeros.
struct PowerSpectrum: Sendable {
    let bins: Int
    private let preEmphasis: Float
    private let window: [Float]
    private var transform: FourierTransform
    /// The weighted frame; what lies behind the window stays zero.
    private var frame: [Float]
    private var spectrum: [kiss_fft_cpx]

    init(_ options: FeatureOptions) {
        bins = options.transformSize / 2 + 1
        preEmphasis = options.preEmphasis
        window = options.window.weights(options.windowSamples)
        transform = FourierTransform(size: options.transformSize)
        frame = [Float](repeating: 0, count: options.transformSize)
        spectrum = [kiss_fft_cpx](repeating: kiss_fft_cpx(r: 0, i: 0), count: bins)
    }

    /// Writes the power spectrum of one frame.
    ///
    /// - Parameters:
    ///   - samples: the sample before the frame, then the frame: window length + 1 numbers.
    ///   - power: gets `bins` numbers.
    mutating func apply(_ samples: UnsafeBufferPointer<Float>, into power: UnsafeMutableBufferPointer<Float>) {
        precondition(samples.count == window.count + 1 && power.count == bins, "buffers do not fit a window of \(window.count)")
        frame.withUnsafeMutableBufferPointer { frame in
            window.withUnsafeBufferPointer { window in
                for t in window.indices {
                    frame[t] = window[t] * (samples[t + 1] - preEmphasis * samples[t])
                }
            }
        }
        spectrum.withUnsafeMutableBufferPointer { spectrum in
            frame.withUnsafeBufferPointer { transform.apply($0, into: spectrum) }
            for k in power.indices {
                power[k] = spectrum[k].r * spectrum[k].r + spectrum[k].i * spectrum[k].i
            }
        }
    }
}
