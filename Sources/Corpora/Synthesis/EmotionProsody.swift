import Foundation

/// How an emotion changes a voice, relative to the same voice speaking neutrally.
///
/// The directions are those that listening tests with synthesisers have confirmed, the sizes are the published ones where
/// espeak-ng has the parameter and the result is still speech, and this project's own choice elsewhere ("own" in the table).
///
/// | emotion | pitch | pitch range | rate | level | voice |
/// |---|---|---|---|---|---|
/// | anger | ×1.25 (M: "very much higher") | ×2 (M: much wider; C) | ×1.18 = +30 words/min (S) | +6 dB (S) | tense, bright: own size, direction B, M |
/// | boredom | ×0.85 (Z: lowered end frequency) | ×0.35 = 4 semitones (Z, S) | ×0.67 = duration 150 % (Z, S) | −3 dB, own | modal, slack formants: own |
/// | disgust | ×0.75 (M: "very much lower") | ×1.3 (M: slightly wider) | ×0.75 (M: "very much slower") | −2 dB (M: lower) | creaking chest voice (M: "grumbled chest tone") |
/// | fear | ×1.9 (B, S: +150 %, less here so that women stay below 500 Hz) | ×1.2 (B, S: +20 %) | ×1.3 (B, S: +30 %) | 0 (M: normal) | falsetto (B): steep spectrum; irregular voicing (M): flutter |
/// | happiness | ×1.5 (B, S: +50 %) | ×2.2 (B, S: +100 %) | ×1.2 (B, S: +30 %) | +3 dB (M: higher) | spread lips (B): F1 and F2 +10 % |
/// | sadness | ×0.9 (M: slightly lower) | ×0.5 (C; M: narrower) | ×0.8 (M: slightly slower; C) | −6 dB (C, M: lower) | breathy, dull (C: breathiness, less brilliance) |
///
/// - B: F. Burkhardt, W. F. Sendlmeier, *Verification of acoustical correlates of emotional speech using formant-synthesis*, ISCA Workshop on Speech and Emotion (2000).
/// - S: M. Schröder, *Emotional speech synthesis: a review*, Eurospeech (2001), the table of rules that listeners recognised.
/// - M: I. R. Murray, J. L. Arnott, *Toward the simulation of emotion in synthetic speech*, JASA 93 (1993), and Murray's later rules as S lists them.
/// - C: J. E. Cahn, *The generation of affect in synthesized speech*, Journal of the American Voice I/O Society 8 (1990).
/// - Z: S. Mozziconacci, *Speech variability and emotion* (1998), as S lists it.
package struct EmotionProsody: Sendable, Equatable {
    package let emotion: Emotion
    /// Factor on the mean fundamental frequency.
    package let pitch: Double
    /// Factor on the range of the fundamental frequency, in Hz.
    package let range: Double
    /// Factor on the rate of speech.
    package let rate: Double
    /// Change of level, in dB.
    package let level: Double
    /// Amplitudes at 600, 1200, 2000 and 3000 Hz, espeak-ng's `tone` 0…255: the spectral tilt.
    package let tone: [Double]
    /// Strength of the voiced part, per cent.
    package let voicing: Double
    /// Strength of the breath noise in each formant, espeak-ng's `breath`.
    package let breath: Double
    /// Added to the voice's creak (`roughness` 0…7).
    package let roughness: Double
    /// Waver of the pitch, espeak-ng's `flutter`.
    package let flutter: Double
    /// Factor on the first two formants: spread lips raise them, a slack or lowered throat lowers them.
    package let spread: Double

    package static let neutral = EmotionProsody(
        emotion: .neutral, pitch: 1, range: 1, rate: 1, level: 0, tone: [170, 135, 110, 110], voicing: 100, breath: 0, roughness: 0,
        flutter: 2, spread: 1)

    /// The seven emotions of EmoDB in alphabetical order.
    package static let all: [EmotionProsody] = [
        EmotionProsody(
            emotion: .anger, pitch: 1.25, range: 2, rate: 1.18, level: 6, tone: [170, 175, 170, 160], voicing: 110, breath: 0,
            roughness: 1, flutter: 2, spread: 1),
        EmotionProsody(
            emotion: .boredom, pitch: 0.85, range: 0.35, rate: 0.67, level: -3, tone: [170, 120, 90, 80], voicing: 100, breath: 2,
            roughness: 0, flutter: 1, spread: 0.97),
        EmotionProsody(
            emotion: .disgust, pitch: 0.75, range: 1.3, rate: 0.75, level: -2, tone: [200, 120, 110, 120], voicing: 110, breath: 0,
            roughness: 5, flutter: 4, spread: 0.92),
        EmotionProsody(
            emotion: .fear, pitch: 1.9, range: 1.2, rate: 1.3, level: 0, tone: [190, 100, 70, 60], voicing: 90, breath: 6,
            roughness: -2, flutter: 12, spread: 1),
        EmotionProsody(
            emotion: .happiness, pitch: 1.5, range: 2.2, rate: 1.2, level: 3, tone: [170, 145, 130, 120], voicing: 100, breath: 2,
            roughness: -2, flutter: 2, spread: 1.1),
        .neutral,
        EmotionProsody(
            emotion: .sadness, pitch: 0.9, range: 0.5, rate: 0.8, level: -6, tone: [180, 90, 55, 40], voicing: 70, breath: 14,
            roughness: -1, flutter: 5, spread: 1),
    ]

    /// This emotion expressed with `strength` 0 (neutral) … 1 (as in the table) or a little more: factors are taken to that power,
    /// sums in that share.
    func expressed(_ strength: Double) -> EmotionProsody {
        let neutral = EmotionProsody.neutral
        func share(_ from: Double, _ to: Double) -> Double { from + (to - from) * strength }
        return EmotionProsody(
            emotion: emotion, pitch: pow(pitch, strength), range: pow(range, strength), rate: pow(rate, strength),
            level: level * strength, tone: zip(neutral.tone, tone).map(share), voicing: share(neutral.voicing, voicing),
            breath: max(0, breath * strength), roughness: roughness * strength, flutter: share(neutral.flutter, flutter),
            spread: pow(spread, strength))
    }
}
