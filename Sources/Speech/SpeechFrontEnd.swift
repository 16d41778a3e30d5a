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
    private static let loudest: Float = 4e5
    /// r, in natural logarithms of energy.
    private static let drift: Float = 0.005
    /// Limits of the excess over a floor, of the distance from the peak, and of a step.
    private static let excess: ClosedRange<Float> = -1...10
    private static let distance: ClosedRange<Float> = -10...0
    private static let step: ClosedRange<Float> = -4...4

    /// The cut-off of the high-pass in Hz.
    package static let cutoff = 70.0

    private var highPass = HighPass(cutoff: cutoff, sampleRate: sampleRate)
    /// The samples of the last `push` after the high-pass.
    private(set) var filtered: [Float] = []
    private var extractor: FeatureExtractor
    private var bandEnergies = Matrix(rows: 0, columns: bands)
    private var sampleCount = 0
    private var level = Level()

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
        try samples.withUnsafeBufferPointer { samples throws(FeatureError) in
            try FrontEnd.check(samples, limit: Self.loudest, position: sampleCount)
        }
        filtered.removeAll(keepingCapacity: true)
        filtered += samples
        highPass.process(&filtered)
        bandEnergies.resize(rows: 0)
        try extractor.push(filtered, into: &bandEnergies)
        sampleCount += samples.count
        guard bandEnergies.rows > 0 else { return }
        let first = rows.rows
        rows.resize(rows: first + bandEnergies.rows)
        write(&rows, from: first)
    }

    /// Starts another recording.
    package mutating func reset() {
        highPass.reset()
        bandEnergies.resize(rows: 0)
        // Without deltas, no row is pending.
        extractor.finish(into: &bandEnergies)
        level = Level()
        sampleCount = 0
    }

    private static func level(of bands: UnsafePointer<Float>) -> Float {
        var largest = -Float.infinity
        for band in 0..<Self.bands { largest = max(largest, bands[band]) }
        var sum: Float = 0
        for band in 0..<Self.bands { sum += exp(bands[band] - largest) }
        return largest + log(sum)
    }

    /// Writes the rows of all frames in `bandEnergies`.
    ///
    /// - Parameter rows: receives them from its row `first` on.
    private mutating func write(_ rows: inout Matrix, from first: Int) {
        let frames = bandEnergies.rows
        // Bounds: energies are frames × B, the rows frames × (2B + 3) from `first` on.
        bandEnergies.elements.withUnsafeBufferPointer { energies in
            rows.elements.withUnsafeMutableBufferPointer { rows in
                guard let energies = energies.baseAddress, let rows = rows.baseAddress else { return }
                for frame in 0..<frames {
                    level.write(energies + frame * Self.bands, to: rows + (first + frame) * Self.width)
                }
            }
        }
    }

    private static func lowered(_ floor: Float, _ value: Float) -> Float { value < floor ? (floor + value) / 2 : floor + drift }

    private static func held(_ value: Float, in range: ClosedRange<Float>) -> Float {
        max(range.lowerBound, min(range.upperBound, value))
    }

    /// The running levels of a recording.
    private struct Level {
        var hasBegun = false
        var floor: Float = 0
        var peak: Float = 0
        var before: Float = 0
        var floors = [Float](repeating: 0, count: bands)

        /// Takes the band energies of the next frame and writes its row.
        mutating func write(_ bands: UnsafePointer<Float>, to row: UnsafeMutablePointer<Float>) {
            let count = SpeechFrontEnd.bands
            let now = level(of: bands)
            if !hasBegun {
                (floor, peak, before, hasBegun) = (now, now, now, true)
                for band in 0..<count { floors[band] = bands[band] }
            }
            floor = lowered(floor, now)
            peak = now > peak ? now : peak - drift
            for band in 0..<count {
                row[band] = bands[band] - now
                floors[band] = lowered(floors[band], bands[band])
                row[count + band] = held(bands[band] - floors[band], in: excess)
            }
            row[2 * count] = held(now - floor, in: excess)
            row[2 * count + 1] = held(now - peak, in: distance)
            row[2 * count + 2] = held(now - before, in: step)
            before = now
        }
    }
}
