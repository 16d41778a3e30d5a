/// Surrey Audio-Visual Expressed Emotion. S. Haq, P. J. B. Jackson, *Machine Audition* (2010), 398–423.
///
/// Four men, each in a folder of his initials: `DC/a01.wav`, `JK/sa03.wav`; or all in one folder: `DC_a01.wav`.
/// The letters before the sentence's number give the emotion.
enum SAVEE: CorpusLayout {
    static let title = "SAVEE"
    static let about = "British English, 4 men, 7 emotions, 480 utterances (Haq, Jackson 2010)"
    static let example = "DC/a01.wav"

    static let emotions: [String: Emotion] = [
        "a": .anger, "d": .disgust, "f": .fear, "h": .happiness, "n": .neutral, "sa": .sadness, "su": .surprise,
    ]
    static let audioFolders: Set = ["audiodata"]
    static let speakers: Set = ["DC", "JE", "JK", "KL"]

    static func reader() -> (AudioPath) -> FileReading {
        let flatPattern = /(DC|JE|JK|KL)_(.+)/
        let pattern = /([a-z]{1,2})([0-9]{2})/
        return { file in
            let flat = file.stem.wholeMatch(of: flatPattern)
            let speaker = flat.map { String($0.1) } ?? file.folder
            let rest = flat.map { String($0.2) } ?? file.stem
            guard speakers.contains(speaker), let name = rest.wholeMatch(of: pattern) else { return .foreign }
            return .utterance(code: String(name.1), in: emotions) { emotion in
                Utterance(file: file.path, speaker: speaker, gender: .male, emotion: emotion, text: rest)
            }
        }
    }

    /// A recording may be there in a folder and flat.
    static func identity(of utterance: Utterance, _ file: AudioPath) -> String { utterance.speaker + "/" + (utterance.text ?? file.stem) }
}
