import CKissFFT
import func Foundation.cos
import func Foundation.log2

/// The lags at which one frame repeats itself: the peaks of its normalised autocorrelation.
///
///     r(τ) = [a(τ) / a(0)] / [w(τ) / w(0)]
///
/// `a` is the autocorrelation of the frame without its mean and weighted with a Hann window, `w` that of the window itself: divided by
/// it, a periodic signal has r = 1 at its period (P. Boersma, *Accurate short-term analysis of the fundamental frequency and the
/// harmonics-to-noise ratio of a sampled sound*, Proc. IFA Amsterdam 17, 1993). A frame has three periods of the lowest pitch.
/// Peaks are placed between lags by a parabola; a low-pass makes them round enough for that. Without it, pulses whose period lies between
/// two lags would fit better at a multiple of it that does not.
struct PitchCandidates: Sendable {
    /// One way to see a frame as periodic.
    struct Candidate: Sendable {
        /// Base 2 logarithm of the frequency in hertz.
        var octave: Float
        /// r at the peak, 0 … 1.
        var periodicity: Float
        /// The periodicity with a little more for higher frequencies: all multiples of a period are periods, and the shortest is meant.
        var strength: Float
    }

    /// The most candidates of a frame.
    static let most = 7
    /// What an octave more adds to a candidate's strength.
    private static let octaveBonus: Float = 0.01

    /// The low-pass: what it lets through whole, and where nothing is left, in hertz; half a cosine lies between.
    private static let passes = 2000.0
    private static let stops = 4000.0

    /// Samples in a frame, as the pitch sees it.
    let window: Int
    private let sampleRate: Float
    private let floor: Float
    private let ceiling: Float
    private let shortestLag: Int
    private let longestLag: Int
    /// Peaks lower than this are not worth to be candidates.
    private let lowestPeak: Float
    private let weights: [Float]
    private let ones: [Float]
    /// `w(0) / w(τ)` up to a lag more than the longest.
    private let correction: [Float]
    /// The low-pass on power, for each bin of the spectrum up to where it stops.
    private let lowPass: [Float]
    private var forward: FourierTransform
    private var backward: InverseFourierTransform
    private var frame: [Float]
    private var spectrum: [kiss_fft_cpx]
    private var correlation: [Float]

    /// The candidates of the frame analysed last, the strongest first.
    private(set) var found: [Candidate] = []
    /// The largest magnitude in the middle third of the frame analysed last, one period of the lowest pitch.
    private(set) var peak: Float = 0

    init(_ options: FeatureOptions) {
        window = PitchCandidates.window(options)
        sampleRate = Float(options.sampleRate)
        floor = Float(options.pitchFloor)
        ceiling = Float(options.pitchCeiling)
        shortestLag = max(2, Int(Double(options.sampleRate) / options.pitchCeiling))
        longestLag = Int((Double(options.sampleRate) / options.pitchFloor).rounded(.up))
        lowestPeak = 0.5 * options.voicingThreshold
        weights = WindowFunction.hann.weights(window)
        ones = [Float](repeating: 1, count: window)
        // So many points that no lag in use meets the frame's other end.
        var size = 2
        while size < window + longestLag + 2 { size *= 2 }
        let binWidth = Double(options.sampleRate) / Double(size)
        lowPass = (0...min(size / 2, Int(PitchCandidates.stops / binWidth))).map { bin in
            let position = (Double(bin) * binWidth - PitchCandidates.passes) / (PitchCandidates.stops - PitchCandidates.passes)
            return Float(0.5 + 0.5 * cos(.pi * max(0, position)))
        }
        forward = FourierTransform(size: size)
        backward = InverseFourierTransform(size: size)
        frame = [Float](repeating: 0, count: size)
        spectrum = [kiss_fft_cpx](repeating: kiss_fft_cpx(r: 0, i: 0), count: size / 2 + 1)
        correlation = [Float](repeating: 0, count: size)
        let weights = weights.map(Double.init)
        func overlap(_ lag: Int) -> Double { (0..<weights.count - lag).reduce(0) { $0 + weights[$1] * weights[$1 + lag] } }
        let whole = overlap(0)
        correction = (0...longestLag + 1).map { Float(whole / overlap($0)) }
        found.reserveCapacity(PitchCandidates.most + 1)
    }

    /// Samples that hold three periods of the lowest pitch.
    static func window(_ options: FeatureOptions) -> Int {
        Int((3 * Double(options.sampleRate) / options.pitchFloor).rounded(.up))
    }

    /// Finds the candidates of `samples`, `window` numbers.
    mutating func analyse(_ samples: UnsafeBufferPointer<Float>) {
        precondition(samples.count == window, "\(samples.count) samples for a window of \(window)")
        found.removeAll(keepingCapacity: true)
        weigh(samples)
        correlate()
        // Of the faintest samples the squares may be no normal numbers any more.
        guard correlation[0] > .leastNormalMagnitude else { return }
        normalise()
        findPeaks()
    }

    /// Takes the mean away and weights the samples; what lies behind them in `frame` stays zero.
    private mutating func weigh(_ samples: UnsafeBufferPointer<Float>) {
        let mean = ones.withUnsafeBufferPointer { dot(samples, $0) } / Float(window)
        frame.withUnsafeMutableBufferPointer { frame in
            weights.withUnsafeBufferPointer { weights in
                for index in samples.indices {
                    frame[index] = (samples[index] - mean) * weights[index]
                }
            }
        }
        var largest: Float = 0
        for sample in samples[window / 3..<window - window / 3] {
            largest = max(largest, abs(sample - mean))
        }
        peak = largest
    }

    /// The autocorrelation as the transform of the power spectrum, behind the low-pass.
    private mutating func correlate() {
        spectrum.withUnsafeMutableBufferPointer { spectrum in
            frame.withUnsafeBufferPointer { forward.apply($0, into: spectrum) }
            lowPass.withUnsafeBufferPointer { lowPass in
                for bin in lowPass.indices {
                    let value = spectrum[bin]
                    spectrum[bin] = kiss_fft_cpx(r: lowPass[bin] * (value.r * value.r + value.i * value.i), i: 0)
                }
                for bin in lowPass.count..<spectrum.count { spectrum[bin] = kiss_fft_cpx(r: 0, i: 0) }
            }
            correlation.withUnsafeMutableBufferPointer { backward.apply(UnsafeBufferPointer(spectrum), into: $0) }
        }
    }

    private mutating func normalise() {
        correlation.withUnsafeMutableBufferPointer { correlation in
            correction.withUnsafeBufferPointer { correction in
                let factor = 1 / correlation[0]
                for lag in correction.indices {
                    correlation[lag] *= factor * correction[lag]
                }
            }
        }
    }

    private mutating func findPeaks() {
        correlation.withUnsafeBufferPointer { correlation in
            for lag in shortestLag...longestLag where correlation[lag] > lowestPeak {
                let (before, here, after) = (correlation[lag - 1], correlation[lag], correlation[lag + 1])
                guard here > before && here >= after else { continue }
                let curvature = before - 2 * here + after
                let shift = 0.5 * (before - after) / curvature
                let frequency = sampleRate / (Float(lag) + shift)
                guard frequency >= floor && frequency <= ceiling else { continue }
                let height = here - 0.25 * (before - after) * shift
                // Above 1 it is a matter of the window, and the further above the worse.
                let periodicity = height > 1 ? 1 / height : height
                let octave = log2(frequency)
                insert(
                    Candidate(
                        octave: octave, periodicity: periodicity,
                        strength: periodicity + PitchCandidates.octaveBonus * (octave - log2(floor))))
            }
        }
    }

    /// Keeps the strongest, in their order.
    private mutating func insert(_ candidate: Candidate) {
        let place = found.firstIndex { $0.strength < candidate.strength } ?? found.count
        guard place < PitchCandidates.most else { return }
        found.insert(candidate, at: place)
        if found.count > PitchCandidates.most { found.removeLast() }
    }
}
