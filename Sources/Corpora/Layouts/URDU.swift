// A file of its own: one corpus layout.

/// URDU. S. Latif, A. Qayyum, M. Usman, J. Qadir, *Cross lingual speech emotion recognition: Urdu vs. western languages*, FIT 2018.
///
/// `Angry/SM1_F1_A01.wav`: speaker (`SM` a man, `SF` a woman, and a number), number of the speaker's file, emotion and number.
enum URDU: CorpusLayout {
    static let title = "URDU"
    static let about = "Urdu, 38 speakers of talk shows, 4 emotions, 400 utterances (Latif et al. 2018)"
    static let example = "Angry/SM1_F1_A01.wav"

    static let emotions: [String: Emotion] = ["A": .anger, "H": .happiness, "N": .neutral, "S": .sadness]

    static func reader() -> (AudioPath) -> FileReading {
        let pattern = /(S([MF])[0-9]+)_F([0-9]+)_([A-Z])[0-9]+/
        return { file in
            guard let name = file.stem.wholeMatch(of: pattern) else { return .foreign }
            return .utterance(code: String(name.4), in: emotions) { emotion in
                Utterance(
                    file: file.path, speaker: String(name.1), gender: name.2 == "M" ? .male : .female, emotion: emotion,
                    repetition: String(name.3))
            }
        }
    }
}
