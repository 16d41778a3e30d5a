import StimmungSupport

/// What the names of listed files say, where all of them are named as one known corpus names its files.
struct FileNaming {
    let kind: KnownCorpus
    private let reader: (AudioPath) -> FileReading

    /// - Returns: nil if there are no files, or a name is of no known corpus.
    init?(of files: [String]) {
        guard let first = files.first else { return nil }
        for kind in KnownCorpus.allCases {
            let reader = kind.layout.reader()
            guard Self.utterance(first, reader) != nil, files.allSatisfy({ Self.utterance($0, reader) != nil }) else { continue }
            self.kind = kind
            self.reader = reader
            return
        }
        return nil
    }

    /// The utterance that the name of a file describes.
    func utterance(_ file: String) -> Utterance? { Self.utterance(file, reader) }

    private static func utterance(_ file: String, _ reader: (AudioPath) -> FileReading) -> Utterance? {
        let path = AudioPath(
            path: file, stem: stem(of: file), suffix: fileExtension(of: file), folder: fileName(of: StimmungSupport.folder(of: file)))
        guard case .utterance(let utterance) = reader(path) else { return nil }
        return utterance
    }
}
