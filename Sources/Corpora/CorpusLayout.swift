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

    /// Names, in lower case, of the folders that the corpus has for its recordings.
    static var audioFolders: Set<String> { get }

    /// Names, in lower case, of the folders that it has for other signals in files that look like recordings.
    static var otherFolders: Set<String> { get }

    /// A text that is the same for the files of one recording, such as its copies in other formats.
    static func identity(of utterance: Utterance, _ file: AudioPath) -> String

    /// Adds what only files beside the audio tell (such as a table of speakers). `folders`: the corpus's folder and those of its audio.
    static func complete(_ utterances: [Utterance], folders: [String]) throws(CorpusError) -> [Utterance]
}

extension CorpusLayout {
    static var audioFolders: Set<String> { [] }
    static var otherFolders: Set<String> { [] }
    static func identity(of utterance: Utterance, _ file: AudioPath) -> String { utterance.speaker + "/" + file.stem.lowercased() }
    static func complete(_ utterances: [Utterance], folders: [String]) throws(CorpusError) -> [Utterance] { utterances }
}

/// The parts of an audio file's path that layouts look at.
struct AudioPath {
    /// Path to open the file by.
    let path: String
    /// Name without folder and extension.
    let stem: String
    /// Extension of the name, without the dot.
    let suffix: String
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
