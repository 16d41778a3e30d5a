/// A corpus that this module recognises by its folders and file names.
package enum KnownCorpus: String, CaseIterable, Sendable, Codable {
    case emodb, ravdess, savee, tess, cremad, emovo, urdu

    /// The name under which reports speak of it.
    package var title: String { layout.title }
    /// Language, size and source, one line.
    package var about: String { layout.about }
    /// An example of a file's path below the corpus's folder.
    package var example: String { layout.example }

    var layout: any CorpusLayout.Type {
        switch self {
        case .emodb: EmoDB.self
        case .ravdess: RAVDESS.self
        case .savee: SAVEE.self
        case .tess: TESS.self
        case .cremad: CREMAD.self
        case .emovo: EMOVO.self
        case .urdu: URDU.self
        }
    }
}

/// How a known corpus names its files.
protocol CorpusLayout {
    static var title: String { get }
    static var about: String { get }
    static var example: String { get }

    /// A function that tells what the name of an audio file says. It holds its pattern, which is costly to make, once for all files.
    static func reader() -> (AudioPath) -> FileReading

    /// Adds what only files beside the audio tell (such as a table of speakers). `folders`: the corpus's folder and those of its audio.
    static func complete(_ utterances: [Utterance], folders: [String]) throws(CorpusError) -> [Utterance]
}

extension CorpusLayout {
    static func complete(_ utterances: [Utterance], folders: [String]) throws(CorpusError) -> [Utterance] { utterances }
}

/// The parts of an audio file's path that layouts look at.
struct AudioPath {
    /// Path to open the file by.
    let path: String
    /// Name without folder and extension.
    let stem: String
    /// Name of the folder it lies in; empty at the top.
    let folder: String
}

/// What a layout makes of a file's name.
enum FileReading: Equatable {
    /// Not a name of this corpus.
    case foreign
    /// A name of this corpus for something that is not emotional speech of a speaker, with the reason for leaving it out.
    case leftOut(String)
    /// A name of this corpus with an emotion code that it does not define.
    case unknownEmotion(code: String, known: [String])
    case utterance(Utterance)

    /// The utterance with the emotion of `code` in a layout's table, or `unknownEmotion`.
    static func utterance(code: String, in codes: [String: Emotion], _ make: (String) -> Utterance) -> FileReading {
        guard let emotion = codes[code] else { return .unknownEmotion(code: code, known: codes.keys.sorted()) }
        return .utterance(make(emotion.rawValue))
    }
}
