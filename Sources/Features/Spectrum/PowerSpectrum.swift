import CStimmungKernels
import func Foundation.cos
import StimmungSupport

/// Computes power spectra of consecutive frames from raw samples: pre-emphasis, window, Fourier transform, squared magnitude.
///
///     y_t = x_t − a x_{t−1},   z_t = w_t y_t,   P_k = |Σ_t z_t e^{−2πikt/N}|²,   k = 0 … N/2
///
/// `a` is the pre-emphasis, `w` the window, `N` the transform's size; frames shorter than `N` are zero-padded.
///
/// The transform needs the same sample of eight frames side by side. In the recording these are a hop apart, so the samples are transposed
/// in hops, once for all overlapping frames: sample `n` of frame `t` is then in row `n mod hop`, column `n / hop + t`.
struct PowerSpectrum: Sendable {
    /// Values per spectrum, `N / 2 + 1`.
    let bins: Int
    private let preEmphasis: Float
    private let window: Int
    private let hop: Int
    /// Number of columns that a frame spans, minus one.
    private let reach: Int
    private let frames: Int
    /// Columns of `turned`.
    private let stride: Int
    private var emphasised: [Float]
    /// `hop` rows, and one row of zeros for the padding after the window.
    private var turned: [Float]
    private var transform: FourierTransform

    /// - Parameters:
    ///   - options: valid options.
    ///   - frames: maximum number of frames per block; a multiple of `FourierTransform.lanes`.
    init(_ options: FeatureOptions, frames: Int) {
        let (window, hop) = (options.windowSamples, options.hopSamples)
        let weights = options.window.weights(window)
        let reach = (window - 1) / hop
        let stride = frames + reach
        transform = FourierTransform(size: options.transformSize) { n in
            n < window ? (n % hop * stride + n / hop, weights[n]) : (hop * stride, 0)
        }
        bins = transform.bins
        preEmphasis = options.preEmphasis
        self.window = window
        self.hop = hop
        self.reach = reach
        self.frames = frames
        self.stride = stride
        emphasised = [Float](repeating: 0, count: hop * stride)
        turned = [Float](repeating: 0, count: (hop + 1) * stride)
    }

    /// Writes the power spectra of consecutive frames: `bins` lanes per group of `lanes` frames. The unused values of an incomplete last
    /// group are undefined.
    ///
    /// - Parameters:
    ///   - samples: the sample before the first frame, then the samples up to the end of the last frame.
    ///   - count: number of frames.
    ///   - power: has room for all groups.
    mutating func apply(_ samples: UnsafeBufferPointer<Float>, count: Int, into power: UnsafeMutableBufferPointer<Float>) {
        let length = (count - 1) * hop + window
        precondition(count <= frames && samples.count == length + 1, "\(samples.count) samples for \(count) frames")
        let groups = (count + FourierTransform.lanes - 1) / FourierTransform.lanes
        let size = bins * FourierTransform.lanes
        emphasised.withUnsafeMutableBufferPointer { emphasised in
            turned.withUnsafeMutableBufferPointer { turned in
                ck_emphasise(length, preEmphasis, samples.baseAddress, emphasised.baseAddress)
                // Samples of an earlier block may follow. They are finite and affect only unused values.
                ck_turn_hops(hop, count + reach, emphasised.baseAddress, turned.baseAddress, stride)
            }
        }
        turned.withUnsafeBufferPointer { turned in
            for group in 0..<groups {
                transform.power(
                    of: UnsafeBufferPointer(rebasing: turned[(group * FourierTransform.lanes)...]),
                    into: UnsafeMutableBufferPointer(rebasing: power[group * size..<(group + 1) * size]))
            }
        }
    }
}

/// The window function applied to a frame before its spectrum is computed; `N` samples, `n = 0 … N − 1`.
package enum WindowFunction: String, Choice, Sendable {
    /// `0.54 − 0.46 cos(2πn / (N − 1))`.
    case hamming
    /// `0.5 − 0.5 cos(2πn / (N − 1))`.
    case hann
    /// 1 for all samples.
    case rectangular

    /// The weights of a frame of `count` samples, at least 2.
    package func weights(_ count: Int) -> [Float] {
        (0..<count).map { n in
            let cosine = cos(2 * .pi * Double(n) / Double(count - 1))
            return switch self {
            case .hamming: Float(0.54 - 0.46 * cosine)
            case .hann: Float(0.5 - 0.5 * cosine)
            case .rectangular: 1
            }
        }
    }
}
