import Foundation
import StimmungSupport

/// Crowd-sourced Emotional Multimodal Actors Dataset. H. Cao et al., IEEE Transactions on Affective Computing 5 (2014).
///
/// `AudioWAV/1001_DFA_ANG_XX.wav`: actor, sentence, emotion, intensity (LO, MD, HI, XX for unspecified; one name has X).
/// Genders are in the corpus's table `VideoDemographics.csv`; where it lies beside the audio or one folder up it is read,
/// otherwise genders are unknown.
enum CREMAD: CorpusLayout {
    static let title = "CREMA-D"
    static let about = "American English, 91 actors, 6 emotions, 7442 utterances (Cao et al. 2014)"
    static let example = "AudioWAV/1001_DFA_ANG_XX.wav"

    static let emotions: [String: Emotion] = [
        "ANG": .anger, "DIS": .disgust, "FEA": .fear, "HAP": .happiness, "NEU": .neutral, "SAD": .sadness,
    ]
    static let audioFolders: Set = ["audiowav", "audiomp3"]
    static let table = "VideoDemographics.csv"

    static func reader() -> (AudioPath) -> FileReading {
        let pattern = /([0-9]{4})_([A-Z]{3})_([A-Z]{3})_(LO|MD|HI|XX|X)/
        return { file in
            guard let name = file.stem.wholeMatch(of: pattern) else { return .foreign }
            let intensity = ["LO": "low", "MD": "medium", "HI": "high"][String(name.4)]
            return .utterance(code: String(name.3), in: emotions) { emotion in
                Utterance(file: file.path, speaker: String(name.1), emotion: emotion, text: String(name.2), intensity: intensity)
            }
        }
    }

    static func complete(_ utterances: [Utterance], folders: [String]) throws(CorpusError) -> [Utterance] {
        let candidates = folders.flatMap { folder in
            [joined(folder, table), joined(StimmungSupport.folder(of: folder), table)]
        }
        guard let path = candidates.first(where: FileManager.default.fileExists) else { return utterances }
        let csv = try Manifest.table(path: path)
        let actor = try csv.corpusColumn("ActorID")
        let sex = try csv.corpusColumn("Sex")
        let genders = Dictionary(
            csv.rows.map { ($0[actor].trimmingCharacters(in: .whitespaces), Gender(name: $0[sex])) },
            uniquingKeysWith: { first, _ in first })
        return utterances.map { utterance in
            var known = utterance
            known.gender = genders[utterance.speaker] ?? nil
            return known
        }
    }
}
