// A file of its own: one corpus layout.

/// Toronto Emotional Speech Set. M. K. Pichora-Fuller, K. Dupuis, Scholars Portal Dataverse (2020).
///
/// Two actresses, an older (`OAF`) and a younger (`YAF`), say "Say the word …": `OAF_angry/OAF_back_angry.wav`. Emotion `ps`
/// is pleasant surprise. A few distributed names have `OA` for `OAF`, which means the same speaker.
enum TESS: CorpusLayout {
    static let title = "TESS"
    static let about = "Canadian English, 2 women, 7 emotions, 2800 utterances (Pichora-Fuller, Dupuis 2020)"
    static let example = "OAF_angry/OAF_back_angry.wav"

    static let emotions: [String: Emotion] = [
        "angry": .anger, "disgust": .disgust, "fear": .fear, "happy": .happiness, "neutral": .neutral, "ps": .surprise, "sad": .sadness,
    ]

    static func reader() -> (AudioPath) -> FileReading {
        let pattern = /(OA|YA)F?_([A-Za-z]+)_([A-Za-z]+)/
        return { file in
            guard let name = file.stem.wholeMatch(of: pattern) else { return .foreign }
            return .utterance(code: name.3.lowercased(), in: emotions) { emotion in
                Utterance(
                    file: file.path, speaker: name.1 + "F", gender: .female, emotion: emotion, text: "Say the word \(name.2.lowercased())")
            }
        }
    }
}
