import Foundation
import StimmungAudio
import StimmungCorpora
import StimmungTestSupport

/// A small corpus of synthesised WAV files: three emotions that differ in pitch, tempo and level, four speakers, two recordings each.
struct SpeechCorpus {
    let corpus: Corpus
    private let folder: TemporaryFolder

    /// A longer recording without a speaker.
    var recording: String { folder.file("recording.wav") }

    init() throws {
        folder = try TemporaryFolder()
        let emotions = [
            "anger": SyntheticSpeech(pitch: 220, movement: 0.35, rate: 5.5, level: 0.5),
            "neutral": SyntheticSpeech(pitch: 150, movement: 0.1, rate: 4, level: 0.3),
            "sadness": SyntheticSpeech(pitch: 120, movement: 0.04, rate: 2.5, level: 0.15, breath: 0.1),
        ]
        var utterances: [Utterance] = []
        for (s, speaker) in ["a", "b", "c", "d"].enumerated() {
            for (e, emotion) in emotions.keys.sorted().enumerated() {
                for number in 0..<2 {
                    guard var speech = emotions[emotion] else { continue }
                    speech.pitch *= 1 + 0.2 * Double(s) + 0.03 * Double(number)
                    speech.seed = UInt64(1 + 6 * s + 2 * e + number)
                    let file = folder.file("\(speaker)-\(emotion)-\(number).wav")
                    try AudioFile.writeWAV(speech.samples(seconds: 0.8 + 0.1 * Double(number)), sampleRate: 16_000, to: file)
                    utterances.append(Utterance(file: file, speaker: speaker, gender: s % 2 == 0 ? .male : .female, emotion: emotion))
                }
            }
        }
        corpus = Corpus(name: "synthesised", root: folder.path, utterances: utterances)
        try AudioFile.writeWAV(SyntheticSpeech().samples(seconds: 2), sampleRate: 16_000, to: folder.file("recording.wav"))
    }

    func file(_ name: String) -> String { folder.file(name) }
}
