import func Foundation.exp2

/// The level of a recording so far, and the floor of energies that follows it.
///
///     L_t = max(e_t, L_{t−1} · 2^(−hop / 10 s), 10⁻⁸),   floor_t = logFloor · L_t
///
/// `e_t` is the energy Σ x² of the raw frame `t`. The floor depends on no later sample, and no sample is scaled: for a gain g, energies and
/// floors are g² times as large. A frame rather than a sample sets the level, because a click is louder than speech but has little energy.
/// The level halves in ten seconds, so that a loud noise does not hide the speech of the next hour.
package struct LevelTracker: Sendable {
    /// Half-life of the level in seconds.
    private static let memory = 10.0
    /// Least level, for digital silence: at 16 kHz, 25 ms of a sine of −103 dB.
    package static let least: Float = 1e-8

    private let logFloor: Float
    /// What the level is multiplied by from one frame to the next.
    package let decay: Float
    private var level = LevelTracker.least

    /// - Parameter options: valid options.
    package init(_ options: FeatureOptions) {
        logFloor = options.logFloor
        decay = Float(exp2(-options.startTime(ofFrame: 1) / LevelTracker.memory))
    }

    /// The floor without `relativeFloor`, which is a normal number, as logarithms need.
    package var floor: Float { max(logFloor, .leastNormalMagnitude) }

    /// Takes the next frame and returns its floor.
    mutating func push(_ frame: UnsafeBufferPointer<Float>) -> Float {
        level = max(dot(frame, frame), level * decay, LevelTracker.least)
        return max(logFloor * level, .leastNormalMagnitude)
    }

    /// Starts another recording.
    mutating func reset() { level = LevelTracker.least }
}
