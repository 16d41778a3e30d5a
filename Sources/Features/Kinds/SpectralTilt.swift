import func Foundation.cos
import func Foundation.log10

/// Spectral tilt: how the spectrum falls towards high frequencies. A strained or loud voice has a flatter spectrum. Pre-emphasis is undone
/// first.
///
/// - Alpha ratio: the energy in 50 … 1000 Hz over that in 1 … 5 kHz, in decibels.
/// - Hammarberg index: the strongest bin below 2 kHz over the strongest in 2 … 5 kHz, in decibels (B. Hammarberg et al., *Perceptual and
///   acoustic correlates of abnormal voice qualities*, Acta Oto-Laryngologica 90, 1980).
/// - Slopes: those of the best-fitting lines through the spectrum in decibels, above 0 to 500 Hz and from 500 to 1500 Hz, in dB/kHz.
///
/// Definitions from F. Eyben et al., *The Geneva minimalistic acoustic parameter set*, IEEE Transactions on Affective Computing 7 (2016).
struct SpectralTilt: FrameFeature, FixedColumns {
    private let emphasis: [Float]
    private let low: Range<Int>
    private let high: Range<Int>
    private let lowPeak: Range<Int>
    private let highPeak: Range<Int>
    /// Bins of each slope, and the regression weights of their decibels.
    private let slopes: [(bins: Range<Int>, weights: [Float])]

    static let names = ["alpha_ratio", "hammarberg", "slope_500", "slope_1500"]

    static func validate(_ options: FeatureOptions) throws(FeatureError) {
        let rate = options.sampleRate
        try options.require(rate >= 8000, "sampleRate", "\(rate)", "at least 8000 Hz with kind tilt")
        try options.requireBins(of: .tilt)
    }

    init(_ options: FeatureOptions) {
        let binWidth = Double(options.sampleRate) / Double(options.transformSize)
        let bins = options.transformSize / 2 + 1
        let a = Double(options.preEmphasis)
        // At 0 Hz, a pre-emphasis of 1 cannot be undone.
        emphasis = (0..<bins).map { Float(1 / max(1e-4, 1 + a * a - 2 * a * cos(2 * .pi * Double($0) / Double(options.transformSize)))) }
        func band(_ from: Double, _ to: Double) -> Range<Int> {
            // Excludes 0 Hz: a DC offset is not sound.
            let start = max(1, Int((from / binWidth).rounded(.up)))
            return start..<max(start, min(bins, Int((to / binWidth).rounded(.up))))
        }
        low = band(50, 1000)
        high = band(1000, 5000)
        lowPeak = band(0, 2000)
        highPeak = band(2000, 5000)
        slopes = [band(0, 500), band(500, 1500)].map { bins in
            let frequencies = bins.map { Double($0) * binWidth / 1000 }
            let mean = frequencies.reduce(0, +) / Double(max(1, frequencies.count))
            let square = frequencies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (bins, frequencies.map { square > 0 ? Float(($0 - mean) / square) : 0 })
        }
    }

    func measure(_ block: FrameBlock, into rows: UnsafeMutableBufferPointer<Float>, column: Int, stride: Int) {
        for frame in 0..<block.count {
            let floor = block.floors[frame]
            block.withPower(ofFrame: frame) { power in
                func value(_ bin: Int) -> Float { max(emphasis[bin] * power[bin], floor) }
                func sum(_ bins: Range<Int>) -> Float { bins.reduce(0) { $0 + value($1) } }
                func peak(_ bins: Range<Int>) -> Float { bins.reduce(floor) { max($0, value($1)) } }
                let first = frame * stride + column
                rows[first] = 10 * log10(sum(low) / sum(high))
                rows[first + 1] = 10 * log10(peak(lowPeak) / peak(highPeak))
                for (index, slope) in slopes.enumerated() {
                    rows[first + 2 + index] = zip(slope.bins, slope.weights).reduce(0) { $0 + 10 * log10(value($1.0)) * $1.1 }
                }
            }
        }
    }
}
