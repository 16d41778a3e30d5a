import Foundation
import StimmungTensors

/// One utterance of the synthetic corpus before it is spoken: who says what how.
struct SyntheticUtterance: Sendable {
    let voice: SyntheticVoice
    /// Number of the sentence, from 1.
    let sentence: Int
    let text: String
    let emotion: Emotion

    /// espeak-ng's voice file for this utterance.
    let voiceFile: String
    /// Words per minute.
    let wordsPerMinute: Int
    /// Level of the finished recording: root mean square, in dB below full scale.
    let level: Double

    /// Of the noise under the recording.
    let noise: RandomSource

    /// Level of neutral speech. Low enough that the loudest anger keeps its peaks (measured over 840 utterances: below 0.75).
    static let neutralLevel = -29.0
    /// Level of the noise of room and microphone, root mean square in dB below full scale. Pauses without it would be digital
    /// silence, whose logarithm no recording has.
    static let noiseLevel = -70.0
    /// Words per minute of neutral speech.
    static let neutralRate = 165.0

    var fileName: String { "\(voice.name)-s\(sentence < 10 ? "0" : "")\(sentence)-\(emotion.rawValue).wav" }

    /// Draws the utterance's own variation from `random`: how strongly the emotion shows (0.7 … 1.1 of the table), and small
    /// deviations of pitch, range, rate, level, voicing and breath, as no speaker says anything twice alike.
    init(voice: SyntheticVoice, sentence: Int, text: String, prosody: EmotionProsody, random: inout RandomSource) {
        let strength = Double(random.uniform(in: 0.7..<1.1))
        func deviation(_ octaves: Double) -> Double { pow(2, octaves * Double(random.normal())) }
        let expressed = prosody.expressed(strength)
        let pitch = voice.pitch * expressed.pitch * deviation(0.06)
        // 36 Hz at 108 Hz is the range of espeak-ng's own male voice; higher voices move in proportion.
        let range = voice.pitch / 3 * expressed.range * deviation(0.15)
        let rate = SyntheticUtterance.neutralRate * voice.rate * expressed.rate * deviation(0.07)
        let level = voice.level + expressed.level + 1.2 * Double(random.normal())
        let delivery = Delivery(
            pitch: pitch, range: range, voicing: expressed.voicing * deviation(0.08), breath: expressed.breath * deviation(0.2))

        self.voice = voice
        self.sentence = sentence
        self.text = text
        self.emotion = prosody.emotion
        self.wordsPerMinute = min(max(Int(rate.rounded()), 80), 400)
        self.level = SyntheticUtterance.neutralLevel + level
        self.noise = random
        self.voiceFile = SyntheticUtterance.voiceFile(voice, expressed, delivery)
    }

    /// What this utterance has of its own.
    private struct Delivery {
        /// In Hz.
        let pitch: Double
        /// In Hz.
        let range: Double
        /// As in `EmotionProsody`.
        let voicing: Double
        let breath: Double
    }

    private static func voiceFile(_ voice: SyntheticVoice, _ expressed: EmotionProsody, _ delivery: Delivery) -> String {
        // espeak-ng takes the lowest and the highest pitch; the tune of a statement spends most of its time in the upper part.
        let low = max(30, Int((delivery.pitch + 9 - 0.8 * delivery.range).rounded()))
        let high = Int((Double(low) + delivery.range).rounded())
        // It also shortens the vocal tract with rising pitch, a quarter as much; that is undone, an emotion changes no bones.
        let formants = voice.formants / (1 + (Double(low) - 82) / 82 / 4)
        let width = voice.gender == .female ? 120 : 100
        var lines = [
            "name \(voice.name)", "language en", "gender \(voice.gender.rawValue)", "phonemes \(voice.accent)", "pitch \(low) \(high)",
        ]
        for formant in 0...8 {
            let factor = formant == 1 || formant == 2 ? formants * expressed.spread : formants
            lines.append("formant \(formant) \(Int((100 * factor).rounded())) 100 \(width)")
        }
        let tone = expressed.tone.enumerated().map { band, amplitude in
            min(max(Int((amplitude * (1 + 2 * voice.brightness * Double(band - 1))).rounded()), 10), 255)
        }
        lines.append("tone 600 \(tone[0]) 1200 \(tone[1]) 2000 \(tone[2]) 3000 \(tone[3])")
        lines.append("voicing \(Int(delivery.voicing.rounded()))")
        if delivery.breath >= 0.5 {
            // Falling with the formants: breath in the high ones would make a voice hiss, not dull.
            let amplitudes = [0, 1, 1, 0.8, 0.5, 0.3, 0.2, 0.1].map { String(Int((delivery.breath * $0).rounded())) }
            lines.append("breath " + amplitudes.joined(separator: " "))
            lines.append("breathw 150 150 200 200 400 400 400 400")
        }
        lines.append("roughness \(min(max(voice.roughness + Int(expressed.roughness.rounded()), 0), 7))")
        lines.append("flutter \(Int(expressed.flutter.rounded()))")
        return lines.joined(separator: "\n") + "\n"
    }
}
