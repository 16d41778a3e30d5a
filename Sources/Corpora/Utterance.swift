import Foundation
import StimmungAudio

/// One labelled stretch of speech: a whole audio file, or the part of it between `start` and `end`.
public struct Utterance: Sendable, Equatable, Hashable, Codable {
    /// Path of the audio file: as the corpus was given, so relative paths are relative to the working folder.
    public var file: String
    /// Name of the speaker, unique within the corpus.
    public var speaker: String
    /// Gender of the speaker; nil if the corpus gives none.
    public var gender: Gender?
    /// The label, under its canonical name where it is a known emotion.
    public var emotion: String
    /// Seconds into the file at which the utterance begins; nil for the beginning of the file.
    public var start: Double?
    /// Seconds into the file at which the utterance ends; nil for the end of the file.
    public var end: Double?
    /// What is said: the words, or the corpus's name for the sentence.
    public var text: String?
    /// Which of several recordings of the same text by the same speaker, as the corpus names it.
    public var repetition: String?
    /// Strength of the expression, as the corpus names it.
    public var intensity: String?
    /// The corpus that the utterance comes from, where several are joined.
    package var corpus: String?
    /// The part of the corpus's published split that it is for; nil if there is none.
    package var split: CorpusPart?

    // More than five parameters: a memberwise initialiser, all but three with defaults.
    /// Creates an utterance; each parameter sets the property of the same name.
    public init(
        file: String, speaker: String, gender: Gender? = nil, emotion: String, start: Double? = nil, end: Double? = nil,
        text: String? = nil, repetition: String? = nil, intensity: String? = nil
    ) {
        self.file = file
        self.speaker = speaker
        self.gender = gender
        self.emotion = emotion
        self.start = start
        self.end = end
        self.text = text
        self.repetition = repetition
        self.intensity = intensity
    }

    /// Where it is heard.
    package var segment: AudioSegment { AudioSegment(path: file, start: start, end: end) }
}

/// The gender a corpus gives for a speaker.
public enum Gender: String, Sendable, Codable, CaseIterable {
    /// Gender as the corpus gives it; `other` is any value that is neither female nor male.
    case female, male, other

    /// The gender a manifest names: `female`, `f`, `w`, `male`, `m`, … ; nil for an empty or missing value, `other` for any other word.
    public init?(name: String) {
        switch name.trimmingCharacters(in: .whitespaces).lowercased() {
        case "", "nan", "none", "na", "unknown": return nil
        case "female", "f", "woman", "w", "weiblich", "femmina": self = .female
        case "male", "m", "man", "männlich", "maschio": self = .male
        default: self = .other
        }
    }
}
