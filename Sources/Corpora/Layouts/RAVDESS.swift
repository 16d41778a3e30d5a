/// Ryerson Audio-Visual Database of Emotional Speech and Song, its speech. S. R. Livingstone, F. A. Russo, PLoS ONE 13 (2018).
///
/// `Actor_12/03-01-06-01-02-01-12.wav`: modality, vocal channel, emotion, intensity, statement, repetition, actor; odd actors
/// are men. Songs (channel 02) and videos are left out. Two of the 1440 recordings are equal, sample for sample
/// (actor 07, happy, both repetitions of the second statement); both are kept, as in the publications.
enum RAVDESS: CorpusLayout {
    static let title = "RAVDESS"
    static let about = "North American English, 24 actors, 8 emotions, 1440 utterances of speech (Livingstone, Russo 2018)"
    static let example = "Actor_01/03-01-05-02-01-01-01.wav"

    static let emotions: [String: Emotion] = [
        "01": .neutral, "02": .calm, "03": .happiness, "04": .sadness, "05": .anger, "06": .fear, "07": .disgust, "08": .surprise,
    ]

    static func reader() -> (AudioPath) -> FileReading {
        let pattern = /([0-9]{2})-([0-9]{2})-([0-9]{2})-([0-9]{2})-([0-9]{2})-([0-9]{2})-([0-9]{2})/
        return { file in
            guard let name = file.stem.wholeMatch(of: pattern), let actor = Int(name.7) else { return .foreign }
            if name.1 != "03" { return .leftOut("a video, its speech is among the audio files") }
            if name.2 == "02" { return .leftOut("a song, not speech") }
            return .utterance(code: String(name.3), in: emotions) { emotion in
                Utterance(
                    file: file.path, speaker: String(name.7), gender: actor % 2 == 1 ? .male : .female, emotion: emotion,
                    text: name.5 == "01" ? "Kids are talking by the door" : "Dogs are sitting by the door", repetition: String(name.6),
                    intensity: name.4 == "02" ? "strong" : "normal")
            }
        }
    }
}
