/// EMOVO. G. Costantini, I. Iaderola, A. Paoloni, M. Todisco, *EMOVO corpus: an Italian emotional speech database*, LREC 2014.
///
/// `f1/dis-f1-b1.wav`: emotion, speaker (f1…f3, m1…m3), sentence. The codes are those of the Italian words: disgusto, gioia,
/// neutrale, paura, rabbia, sorpresa, tristezza.
enum EMOVO: CorpusLayout {
    static let title = "EMOVO"
    static let about = "Italian, 6 actors, 7 emotions, 588 utterances (Costantini et al. 2014)"
    static let example = "f1/dis-f1-b1.wav"

    static let emotions: [String: Emotion] = [
        "dis": .disgust, "gio": .happiness, "neu": .neutral, "pau": .fear, "rab": .anger, "sor": .surprise, "tri": .sadness,
    ]

    static func reader() -> (AudioPath) -> FileReading {
        let pattern = /([a-z]{3})-([fm])([0-9])-([a-z]+[0-9]*)/
        return { file in
            guard let name = file.stem.lowercased().wholeMatch(of: pattern) else { return .foreign }
            return .utterance(code: String(name.1), in: emotions) { emotion in
                Utterance(
                    file: file.path, speaker: "\(name.2)\(name.3)", gender: name.2 == "f" ? .female : .male, emotion: emotion,
                    text: String(name.4))
            }
        }
    }
}
