import CStimmungKernels
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
    private var forward: FourierTransform
    /// From the power spectrum, which is symmetrical, to the autocorrelation.
    private var backward: FourierTransform
    /// The frames of a group without their means, one after the other, and turned into lanes with one more that is zero.
    private var frames: [Float]
    private var turned: [Float]
    /// The power spectra as lanes, with one more that is zero.
    private var power: [Float]
    /// The autocorrelations as lanes.
    private var correlations: [Float]
    /// The largest magnitude in the middle third of each frame of the group.
    private var peaks: [Float]
    /// That of one of them, normalised.
    private var correlation: [Float]

    /// The candidates of the frame looked at last, the strongest first.
    private(set) var found: [Candidate] = []
    /// The largest magnitude in the middle third of that frame, one period of the lowest pitch.
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
        let lowPass = (0...min(size / 2, Int(PitchCandidates.stops / binWidth))).map { bin in
            let position = (Double(bin) * binWidth - PitchCandidates.passes) / (PitchCandidates.stops - PitchCandidates.passes)
            return Float(0.5 + 0.5 * cos(.pi * max(0, position)))
        }
        let (lanes, window, weights) = (FourierTransform.lanes, self.window, self.weights)
        forward = FourierTransform(size: size) { n in n < window ? (n * lanes, weights[n]) : (window * lanes, 0) }
        let bins = forward.bins
        backward = FourierTransform(size: size) { n in
            let bin = min(n, size - n)
            return bin < lowPass.count ? (bin * lanes, lowPass[bin]) : (bins * lanes, 0)
        }
        frames = [Float](repeating: 0, count: window * lanes)
        turned = [Float](repeating: 0, count: (window + 1) * lanes)
        power = [Float](repeating: 0, count: (bins + 1) * lanes)
        correlations = [Float](repeating: 0, count: bins * lanes)
        peaks = [Float](repeating: 0, count: lanes)
        correlation = [Float](repeating: 0, count: longestLag + 2)
        func overlap(_ lag: Int) -> Double { (0..<window - lag).reduce(0) { $0 + Double(weights[$1]) * Double(weights[$1 + lag]) } }
        let whole = overlap(0)
        correction = (0...longestLag + 1).map { Float(whole / overlap($0)) }
        found.reserveCapacity(PitchCandidates.most + 1)
    }

    /// Samples that hold three periods of the lowest pitch.
    static func window(_ options: FeatureOptions) -> Int {
        Int((3 * Double(options.sampleRate) / options.pitchFloor).rounded(.up))
    }

    /// Takes a group of frames, `FourierTransform.lanes` of them at most, each of `window` samples.
    mutating func take(_ group: Range<Int>, samples: (Int) -> UnsafeBufferPointer<Float>) {
        precondition(group.count <= FourierTransform.lanes, "\(group.count) frames at once")
        for (lane, frame) in group.enumerated() { level(samples(frame), lane: lane) }
        correlate()
    }

    /// Finds the candidates of frame `lane` of the group.
    mutating func find(lane: Int) {
        found.removeAll(keepingCapacity: true)
        peak = peaks[lane]
        // Of the faintest samples the squares may be no normal numbers any more.
        guard correlations[lane] > .leastNormalMagnitude else { return }
        normalise(lane)
        findPeaks()
    }

    /// Takes the mean away.
    private mutating func level(_ samples: UnsafeBufferPointer<Float>, lane: Int) {
        precondition(samples.count == window, "\(samples.count) samples for a window of \(window)")
        let mean = ones.withUnsafeBufferPointer { dot(samples, $0) } / Float(window)
        frames.withUnsafeMutableBufferPointer { frames in
            let first = lane * window
            for index in 0..<window { frames[first + index] = samples[index] - mean }
            let middle = window - 2 * (window / 3)
            peaks[lane] = ck_largest_magnitude(middle, frames.baseAddress.map { $0 + first + window / 3 })
        }
    }

    /// The autocorrelations as the transforms of the power spectra, behind the low-pass.
    private mutating func correlate() {
        frames.withUnsafeBufferPointer { frames in
            turned.withUnsafeMutableBufferPointer { turned in
                ck_turn_hops(window, FourierTransform.lanes, frames.baseAddress, turned.baseAddress, FourierTransform.lanes)
            }
        }
        power.withUnsafeMutableBufferPointer { power in
            turned.withUnsafeBufferPointer { turned in
                forward.power(of: turned, into: UnsafeMutableBufferPointer(rebasing: power[..<(forward.bins * FourierTransform.lanes)]))
            }
            correlations.withUnsafeMutableBufferPointer { backward.realParts(of: UnsafeBufferPointer(power), into: $0) }
        }
    }

    private mutating func normalise(_ lane: Int) {
        correlations.withUnsafeBufferPointer { correlations in
            correlation.withUnsafeMutableBufferPointer { correlation in
                correction.withUnsafeBufferPointer { correction in
                    let factor = 1 / correlations[lane]
                    for lag in correction.indices {
                        correlation[lag] = correlations[lag * FourierTransform.lanes + lane] * factor * correction[lag]
                    }
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
