import Foundation
import StimmungAudio
import StimmungFeatures
import StimmungTensors

/// What the network sees of a recording, as its samples arrive: causal, and the same at every level of the recording.
///
/// 1. A high-pass at 70 Hz removes DC and rumble (`HighPass`).
/// 2. Energies E_b of B = 24 mel bands, every 10 ms in windows of 25 ms; e_b = ln max(E_b, 10⁻¹⁰). The floor is below the noise of 16-bit
///    recordings that were attenuated by 40 dB.
/// 3. The level l = ln Σ_b exp e_b, its floor n and its peak p, and the floor n_b of each band:
///
///        floor:  n ← x < n ? (n + x) / 2 : n + r        r = 0.005 per frame, 2.2 dB per second
///        peak:   p ← x > p ? x : p − r
///
/// The row of a frame has 2B + 3 values: the spectrum's shape e_b − l, the excess of each band over its floor e_b − n_b and of the level
/// l − n, both held in −1 … 10, the distance from the peak l − p, at least −10, and the step of l from the frame before, held in −4 … 4. A
/// gain adds the same to every e_b, so it changes none of them; the limits, 43 dB, keep that true next to digital silence.
package struct SpeechFrontEnd: Sendable {
    /// In Hz.
    package static let sampleRate = 16000
    /// Seconds from frame to frame.
    package static let hop = 0.01
    /// B
    private static let bands = 24
    /// Values per row.
    package static let width = 2 * bands + 3
    /// Largest accepted magnitude of a sample, below the extractor's own limit even after the high-pass.
    private static let loudest: Float = 1e5
    /// r, in natural logarithms of energy.
    private static let drift: Float = 0.005
    /// Limits of the excess over a floor, of the distance from the peak, and of a step.
    private static let excess: ClosedRange<Float> = -1...10
    private static let distance: ClosedRange<Float> = -10...0
    private static let step: ClosedRange<Float> = -4...4

    private var highPass = HighPass(cutoff: 70, sampleRate: sampleRate)
    private var extractor: FeatureExtractor
    private var bandEnergies = Matrix(rows: 0, columns: bands)
    private var sampleCount = 0
    private var level: Level?

    package init() {
        extractor = Self.shared.makeExtractor()
    }

    /// The tables are built once per process.
    private static let shared: FrontEnd = {
        var options = FeatureOptions(kinds: [.fbank], deltas: 0)
        options.filterbankBands = bands
        options.logFloor = 1e-10
        do { return try FrontEnd(options) } catch { preconditionFailure("the options are valid: \(error)") }
    }()

    /// Appends the rows of the frames that have become complete.
    ///
    /// - Throws: `FeatureError.notFinite` if a sample is not finite or far out of range; the state is then unchanged.
    package mutating func push(_ samples: [Float], into rows: inout Matrix) throws(FeatureError) {
        if let position = samples.firstIndex(where: { !(abs($0) <= Self.loudest) }) {
            throw .notFinite(file: nil, sample: sampleCount + position)
        }
        var filtered = samples
        highPass.process(&filtered)
        bandEnergies.resize(rows: 0)
        try extractor.push(filtered, into: &bandEnergies)
        sampleCount += samples.count
        for frame in 0..<bandEnergies.rows { append(bandEnergies.row(frame), to: &rows) }
    }

    /// Starts another recording.
    package mutating func reset() {
        highPass.reset()
        bandEnergies.resize(rows: 0)
        // Without deltas, no row is pending.
        extractor.finish(into: &bandEnergies)
        level = nil
        sampleCount = 0
    }

    private func level(of bands: ArraySlice<Float>) -> Float {
        let largest = bands.reduce(-Float.infinity) { max($0, $1) }
        return largest + log(bands.reduce(0) { $0 + exp($1 - largest) })
    }

    private mutating func append(_ bands: ArraySlice<Float>, to rows: inout Matrix) {
        let now = level(of: bands)
        var level = self.level ?? Level(floor: now, peak: now, before: now, bands: Array(bands))
        level.floor = Self.lowered(level.floor, now)
        level.peak = now > level.peak ? now : level.peak - Self.drift
        var row: [Float] = []
        row.reserveCapacity(Self.width)
        for band in bands { row.append(band - now) }
        for (index, band) in bands.enumerated() {
            level.bands[index] = Self.lowered(level.bands[index], band)
            row.append(Self.held(band - level.bands[index], in: Self.excess))
        }
        row.append(Self.held(now - level.floor, in: Self.excess))
        row.append(Self.held(now - level.peak, in: Self.distance))
        row.append(Self.held(now - level.before, in: Self.step))
        level.before = now
        self.level = level
        rows.append(rows: row)
    }

    private static func lowered(_ floor: Float, _ value: Float) -> Float { value < floor ? (floor + value) / 2 : floor + drift }

    private static func held(_ value: Float, in range: ClosedRange<Float>) -> Float {
        max(range.lowerBound, min(range.upperBound, value))
    }

    /// The running levels of a recording.
    private struct Level {
        var floor: Float
        var peak: Float
        var before: Float
        var bands: [Float]
    }
}
