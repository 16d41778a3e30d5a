import Foundation

/// How a corpus is divided for training and testing.
///
///     let loso = try EvaluationProtocol(parsing: "loso")
///     let run = try Evaluation(recipe: recipe, corpus: corpus, evaluationProtocol: loso).run()
///
/// | text | meaning |
/// |---|---|
/// | `loso` | leave one speaker out: a fold for each speaker |
/// | `speaker-folds=N` | N groups of whole speakers, each tested once |
/// | `official` | the corpus's published split |
/// | `test=A,B` | the named speakers test, the others train |
/// | `folds=PATH` | the folds of a list: a folder of EmoBox, or a CSV or JSON lines file |
/// | `cross=PATH` | the whole corpus trains, the corpus at PATH tests, shared classes only |
/// | `leave-one-corpus-out` | of several corpora, each tests once and the others train |
/// | `random-folds=N` | N random parts, stratified by emotion: **speaker-dependent**, its figures say little about a new voice |
public enum EvaluationProtocol: Sendable, Equatable, Codable, CustomStringConvertible {
    /// `loso`: one fold per speaker. Needs at least two speakers.
    case leaveOneSpeakerOut
    /// `speaker-folds=N`: N folds of whole speakers, at least 2. Each speaker is tested once.
    case speakerFolds(Int)
    /// `official`: the published split, one fold. Only EmoDB has one.
    case official
    /// `test=A,B`: one fold, tested on the named speakers and trained on the others.
    case testSpeakers([String])
    /// `folds=PATH`: the folds of a list. A folder of EmoBox, or a CSV or JSON lines file.
    case listedFolds(path: String)
    /// `cross=PATH`: one fold, trained on the corpus and tested on the corpus at `path`, on their shared classes.
    case crossCorpus(path: String)
    /// `leave-one-corpus-out`: a fold for each of the joined corpora, on the classes that two of them share.
    case leaveOneCorpusOut
    /// `random-folds=N`: N random folds, at least 2, stratified by emotion. Speaker-dependent.
    case randomFolds(Int)

    /// Reads a protocol of the table above.
    ///
    /// - Throws: `invalidProtocol`
    public init(parsing text: String) throws(CorpusError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count > 1 ? parts[1] : nil
        switch (parts[0], value) {
        case ("loso", nil): self = .leaveOneSpeakerOut
        case ("official", nil): self = .official
        case ("leave-one-corpus-out", nil): self = .leaveOneCorpusOut
        case ("speaker-folds", let value?): self = .speakerFolds(try EvaluationProtocol.folds(value, in: text))
        case ("random-folds", let value?): self = .randomFolds(try EvaluationProtocol.folds(value, in: text))
        case ("test", let value?):
            let speakers = value.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            if speakers.isEmpty { throw .invalidProtocol(text: text, reason: "it names no speaker") }
            self = .testSpeakers(speakers)
        case ("folds", let value?):
            if value.isEmpty { throw .invalidProtocol(text: text, reason: "it names no list of folds") }
            self = .listedFolds(path: value)
        case ("cross", let value?):
            if value.isEmpty { throw .invalidProtocol(text: text, reason: "it names no second corpus") }
            self = .crossCorpus(path: value)
        case ("loso", _), ("official", _), ("leave-one-corpus-out", _):
            throw .invalidProtocol(text: text, reason: "\(parts[0]) takes no value")
        case ("speaker-folds", nil), ("random-folds", nil), ("test", nil), ("folds", nil), ("cross", nil):
            throw .invalidProtocol(text: text, reason: "\(parts[0]) needs a value after \"=\"")
        default: throw .invalidProtocol(text: text, reason: "its name is unknown")
        }
    }

    private static func folds(_ value: String, in text: String) throws(CorpusError) -> Int {
        guard let count = Int(value), count >= 2 else {
            throw .invalidProtocol(text: text, reason: "the number of folds must be a whole number of at least 2")
        }
        return count
    }

    /// Whether test speakers are heard in training too. False for folds of a list, which may be either.
    public var isSpeakerDependent: Bool {
        if case .randomFolds = self { true } else { false }
    }

    /// The text that reads back to this protocol.
    public var description: String {
        switch self {
        case .leaveOneSpeakerOut: "loso"
        case .speakerFolds(let count): "speaker-folds=\(count)"
        case .official: "official"
        case .testSpeakers(let speakers): "test=" + speakers.joined(separator: ",")
        case .leaveOneCorpusOut: "leave-one-corpus-out"
        case .listedFolds(let path): "folds=\(path)"
        case .crossCorpus(let path): "cross=\(path)"
        case .randomFolds(let count): "random-folds=\(count)"
        }
    }
}
