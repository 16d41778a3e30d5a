import StimmungCorpora
import StimmungTestSupport

extension TemporaryFolder {
    /// Writes a tenth of a second of a tone as a WAV file, with its folders.
    @discardableResult
    func audio(_ name: String) throws -> String { try tone(name, seconds: 0.1) }
}

/// A corpus without files: so many utterances of each emotion by each speaker.
func corpus(
    name: String = "made", kind: KnownCorpus? = nil, speakers: [String], emotions: [String], each: (String, String) -> Int
) -> Corpus {
    let utterances = speakers.enumerated().flatMap { number, speaker in
        emotions.flatMap { emotion in
            (0..<each(speaker, emotion)).map {
                Utterance(
                    file: "\(name)-\(speaker)-\(emotion)-\($0).wav", speaker: speaker, gender: number % 2 == 0 ? .female : .male,
                    emotion: emotion)
            }
        }
    }
    return Corpus(name: name, root: name, kind: kind, utterances: utterances, skipped: [])
}
