/// Berlin Database of Emotional Speech. F. Burkhardt, A. Paeschke, M. Rolfes, W. Sendlmeier, B. Weiss, *A database of German
/// emotional speech*, Interspeech 2005.
///
/// `wav/03a01Fa.wav`: speaker `03`, text `a01`, emotion `F`, version `a`. The letters are those of the German words:
/// W Wut, L Langeweile, E Ekel, A Angst, F Freude, T Trauer, N neutral.
enum EmoDB: CorpusLayout {
    static let title = "EmoDB"
    static let about = "German, 10 speakers, 7 emotions, 535 utterances (Burkhardt et al. 2005)"
    static let example = "wav/03a01Fa.wav"

    static let emotions: [String: Emotion] = [
        "W": .anger, "L": .boredom, "E": .disgust, "A": .fear, "F": .happiness, "T": .sadness, "N": .neutral,
    ]
    static let audioFolders: Set = ["wav"]
    /// Electroglottograms, under the names of the recordings.
    static let otherFolders: Set = ["laryngo"]
    static let men: Set = ["03", "10", "11", "12", "15"]
    static let women: Set = ["08", "09", "13", "14", "16"]
    /// Test speakers of the split that the corpus's audformat edition publishes; the other six train.
    static let officialTestSpeakers = ["12", "14", "15", "16"]

    static func reader() -> (AudioPath) -> FileReading {
        let pattern = /([0-9]{2})([a-z][0-9]{2})([A-Z])([a-z])/
        return { file in
            guard let name = file.stem.wholeMatch(of: pattern) else { return .foreign }
            let speaker = String(name.1)
            return .utterance(code: String(name.3), in: emotions) { emotion in
                Utterance(
                    file: file.path, speaker: speaker, gender: men.contains(speaker) ? .male : women.contains(speaker) ? .female : nil,
                    emotion: emotion, text: String(name.2), repetition: String(name.4))
            }
        }
    }
}
