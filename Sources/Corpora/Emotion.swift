import Foundation

/// The canonical emotion labels, and the names that corpora and people use for them.
///
///     Emotion(name: "Wut")                // .anger
///     Emotion.canonicalLabel("Happy")     // "happiness"
///     Emotion.canonicalLabel("My class")  // "My class": a label of the user's own stays as written
package enum Emotion: String, CaseIterable, Sendable, Codable {
    case anger, boredom, calm, confusion, contempt, disappointment, disgust, excitement, fear, frustration, happiness, interest, neutral
    case pride, relief, sadness, shame, surprise

    /// The emotion that `name` stands for in English, German or Italian; nil where none is known. Case and outer spaces do not matter.
    package init?(name: String) {
        let key = name.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        if let emotion = Emotion(rawValue: key) {
            self = emotion
        } else if let emotion = Emotion.synonyms[key] {
            self = emotion
        } else {
            return nil
        }
    }

    /// `label` under its canonical name where it is a known emotion, otherwise `label` without outer spaces.
    package static func canonicalLabel(_ label: String) -> String {
        Emotion(name: label)?.rawValue ?? label.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Every known name that is not canonical itself, in lower case.
    package static let synonyms: [String: Emotion] = {
        let names: [Emotion: [String]] = [
            .anger: ["angry", "ang", "mad", "rage", "hot anger", "wut", "ärger", "aerger", "wütend", "zorn", "rabbia", "rab"],
            .boredom: ["bored", "boredem", "bor", "langeweile", "gelangweilt", "noia"],
            .calm: ["calmness", "cal", "ruhe", "ruhig", "calma"],
            .confusion: ["confused"],
            .contempt: ["contemptuous", "verachtung", "disprezzo"],
            .disappointment: ["disappointed"],
            .disgust: ["disgusted", "dis", "ekel", "disgusto"],
            .excitement: ["excited", "exc"],
            .fear: ["fearful", "fea", "afraid", "scared", "anxiety", "anxious", "angst", "ängstlich", "furcht", "paura", "pau"],
            .frustration: ["frustrated", "fru"],
            .happiness: ["happy", "hap", "joy", "joyful", "freude", "fröhlich", "glücklich", "gioia", "gio"],
            .interest: ["interested"],
            .neutral: ["neutrality", "neu", "normal", "neutrale"],
            .pride: ["proud"],
            .relief: ["relieved"],
            .sadness: ["sad", "trauer", "traurig", "traurigkeit", "tristezza", "tri"],
            .shame: ["ashamed"],
            .surprise: [
                "surprised", "sur", "ps", "pleasant surprise", "pleasant_surprise", "überraschung", "überrascht", "sorpresa", "sor",
            ],
        ]
        return Dictionary(uniqueKeysWithValues: names.flatMap { emotion, synonyms in synonyms.map { ($0, emotion) } })
    }()
}
