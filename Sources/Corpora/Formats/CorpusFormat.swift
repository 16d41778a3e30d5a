import StimmungSupport

/// A list of recordings in a format of this or another program.
enum CorpusFormat {
    case manifest, audformat, emobox, kaldi, nkululeko

    /// The format of a file, or of the list in a folder, with the path to read; nil for a folder without a list.
    static func of(_ path: String) -> (format: CorpusFormat, path: String)? {
        guard isFolder(path) else {
            return switch fileExtension(of: path) {
            case "yaml", "yml": (.audformat, path)
            case "ini", "cfg": (.nkululeko, path)
            case "scp": (.kaldi, path)
            case "jsonl", "ndjson": (.emobox, path)
            default: (.manifest, path)
            }
        }
        let manifest = joined(path, Manifest.standardName)
        if Files.exists(manifest) { return (.manifest, manifest) }
        let header = joined(path, Audformat.standardName)
        if Files.exists(header) { return (.audformat, header) }
        let recordings = joined(path, Kaldi.standardName)
        if Files.exists(recordings) { return (.kaldi, recordings) }
        if FoldFolder(path) != nil { return (.emobox, path) }
        return nil
    }

    func read(_ path: String, _ reading: CorpusReading) throws(CorpusError) -> Corpus {
        switch self {
        case .manifest: try Manifest.read(path: path, reading)
        case .audformat: try Audformat.read(path: path, reading)
        case .emobox: try EmoBox.read(path: path, reading)
        case .kaldi: try Kaldi.read(path: path, reading)
        case .nkululeko: try Nkululeko.read(path: path, reading)
        }
    }
}
