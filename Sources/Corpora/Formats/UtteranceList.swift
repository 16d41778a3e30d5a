import StimmungSupport

/// The utterances of a list, whose recordings are searched as they are added.
struct UtteranceList {
    private let path: String
    private var files: ListedFiles
    private var utterances: [Utterance] = []
    private var absent: [(list: String, line: Int, file: String)] = []
    /// Lines whose file was found by a guess at the encoding of its name.
    private(set) var guessedLines: Set<Int> = []

    /// - Parameter path: the list, to whose folder paths are relative.
    /// - Throws: `unreadable` for the folder of recordings.
    init(path: String, _ reading: CorpusReading) throws(CorpusError) {
        self.init(path: path, files: ListedFiles(folder: folder(of: path), recordings: try reading.recordings()))
    }

    /// - Parameter files: the files of another list of the same corpus.
    init(path: String, files: ListedFiles) {
        self.path = path
        self.files = files
    }

    /// Adds an utterance whose file is as the list writes it.
    ///
    /// - Parameter part: the file that has the line, if the list consists of several in one folder.
    /// - Throws: `ambiguousFile`
    mutating func add(_ utterance: Utterance, line: Int, of part: String? = nil) throws(CorpusError) {
        let list = part ?? path
        let file = files.path(utterance.file)
        if !file.candidates.isEmpty {
            throw .ambiguousFile(manifest: list, line: line, file: utterance.file, candidates: file.candidates)
        }
        if !file.exists { absent.append((list, line, file.path)) }
        if file.isGuessed { guessedLines.insert(line) }
        var found = utterance
        found.file = file.path
        utterances.append(found)
    }

    /// The utterances with the paths of their files.
    ///
    /// - Throws: `missingFile`
    func found() throws(CorpusError) -> [Utterance] {
        guard let first = absent.first else { return utterances }
        let names = Set(absent.map { PathKey($0.file) })
        throw .missingFile(manifest: first.list, line: first.line, file: first.file, more: names.count - 1)
    }
}
