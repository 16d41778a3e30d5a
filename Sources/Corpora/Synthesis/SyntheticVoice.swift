/// A speaker of the synthetic corpus: an accent and a vocal tract for espeak-ng's formant synthesiser.
///
/// Names alternate between women and men in alphabetical order, so that consecutive groups of speakers
/// (`speaker-folds=4`) always hold both.
package struct SyntheticVoice: Sendable, Equatable {
    package let name: String
    package let gender: Gender
    /// espeak-ng's phoneme table: the accent.
    package let accent: String
    /// Fundamental frequency of neutral speech, in Hz.
    package let pitch: Double
    /// Length of the vocal tract, as the factor on all formants of espeak-ng's male voice. Women's average 1.15 to 1.2
    /// (G. Fant, *A note on vocal tract size factors*, 1966).
    package let formants: Double
    /// Habitual rate of speech, as a factor.
    package let rate: Double
    /// Habitual creak, espeak-ng's `roughness` 0…7.
    package let roughness: Int
    /// Distance from the microphone, in dB of level.
    package let level: Double
    /// Brightness of the voice: added to the high bands, as a share per band.
    package let brightness: Double

    package static let all: [SyntheticVoice] = [
        SyntheticVoice(
            name: "anna", gender: .female, accent: "en-us", pitch: 195, formants: 1.14, rate: 1.02, roughness: 1, level: 0.5, brightness: 0),
        SyntheticVoice(
            name: "ben", gender: .male, accent: "en-us", pitch: 108, formants: 1.00, rate: 1.00, roughness: 2, level: -0.5, brightness: 0),
        SyntheticVoice(
            name: "clara", gender: .female, accent: "en", pitch: 180, formants: 1.10, rate: 0.97, roughness: 2, level: 1, brightness: 0.02),
        SyntheticVoice(
            name: "david", gender: .male, accent: "en", pitch: 96, formants: 0.97, rate: 0.96, roughness: 1, level: 0, brightness: -0.02),
        SyntheticVoice(
            name: "emma", gender: .female, accent: "en-sc", pitch: 210, formants: 1.17, rate: 1.05, roughness: 1, level: -1,
            brightness: -0.02),
        SyntheticVoice(
            name: "frank", gender: .male, accent: "en-sc", pitch: 120, formants: 1.03, rate: 1.05, roughness: 2, level: 0.5,
            brightness: 0.02),
        SyntheticVoice(
            name: "grace", gender: .female, accent: "en-n", pitch: 170, formants: 1.08, rate: 0.95, roughness: 2, level: 0, brightness: 0.01
        ),
        SyntheticVoice(
            name: "henry", gender: .male, accent: "en-n", pitch: 88, formants: 0.95, rate: 0.98, roughness: 3, level: -1, brightness: 0),
        SyntheticVoice(
            name: "iris", gender: .female, accent: "en-rp", pitch: 188, formants: 1.12, rate: 1.00, roughness: 1, level: -0.5,
            brightness: -0.01),
        SyntheticVoice(
            name: "jack", gender: .male, accent: "en-rp", pitch: 114, formants: 0.98, rate: 1.03, roughness: 1, level: 1, brightness: 0.03),
        SyntheticVoice(
            name: "kate", gender: .female, accent: "en-wm", pitch: 202, formants: 1.16, rate: 1.04, roughness: 2, level: 0.5,
            brightness: 0.02),
        SyntheticVoice(
            name: "liam", gender: .male, accent: "en-wm", pitch: 102, formants: 1.02, rate: 0.94, roughness: 2, level: -0.5,
            brightness: -0.03),
    ]
}
