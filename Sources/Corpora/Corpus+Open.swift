import Foundation
import StimmungAudio
import StimmungSupport

extension Corpus {
    /// Opens the corpus at `path`: a manifest CSV, a folder that holds `manifest.csv`, or the folder of a known corpus.
    ///
    /// A folder is recognised by the names of the audio files in it and below it (a folder around the data, such as `emodb`
    /// around `wav`, will do): the known corpus to which more than half of them belong. Other files are listed in `skipped`.
    ///
    /// - Throws: `noSuchPath`, `unreadable`, `noAudio`, `unrecognisedLayout`, `severalCorpora`, `unknownEmotionCode`, and what
    ///   `Manifest.read` throws.
    public static func open(path: String) throws(CorpusError) -> Corpus {
        guard Files.exists(path) else { throw .noSuchPath(path) }
        guard isFolder(path) else { return try Manifest.read(path: path) }
        let manifest = joined(path, Manifest.standardName)
        if Files.exists(manifest) { return try Manifest.read(path: manifest) }
        return try recognise(folder: path)
    }

    private static func recognise(folder: String) throws(CorpusError) -> Corpus {
        let files = try audioFiles(below: folder)
        guard let first = files.first else { throw .noAudio(folder: folder) }

        let readings = KnownCorpus.allCases.map { files.map($0.layout.reader()) }
        let matches = readings.map { $0.count { $0 != .foreign } }
        guard let best = matches.indices.max(by: { matches[$0] < matches[$1] }), matches[best] > 0 else {
            throw .unrecognisedLayout(folder: folder, example: first.path)
        }
        // A twentieth: a few stray files are skipped with a word, two corpora side by side are somebody's mistake.
        let present = KnownCorpus.allCases.indices.filter { matches[$0] * 20 > files.count }
        if present.count > 1 {
            throw .severalCorpora(
                folder: folder, found: present.map { "\(KnownCorpus.allCases[$0].title): \(matches[$0]) files" })
        }
        guard matches[best] * 2 > files.count else {
            let stranger = zip(files, readings[best]).first { $0.1 == .foreign }?.0 ?? first
            throw .unrecognisedLayout(folder: folder, example: stranger.path)
        }
        return try collect(files: files, readings: readings[best], kind: KnownCorpus.allCases[best], folder: folder)
    }

    private static func collect(
        files: [AudioPath], readings: [FileReading], kind: KnownCorpus, folder: String
    ) throws(CorpusError) -> Corpus {
        var utterances: [Utterance] = []
        var skipped: [SkippedFile] = []
        // Some distributions hold the whole corpus twice, in a folder of its own name.
        var seen: [PathKey: String] = [:]
        for (file, reading) in zip(files, readings) {
            switch reading {
            case .foreign:
                skipped.append(SkippedFile(file: file.path, reason: "not named as files of \(kind.title) are"))
            case .leftOut(let reason):
                skipped.append(SkippedFile(file: file.path, reason: reason))
            case .unknownEmotion(let code, let known):
                throw .unknownEmotionCode(file: file.path, code: code, known: known)
            case .utterance(let utterance):
                let identity = PathKey(utterance.speaker + "/" + file.stem.lowercased())
                if let other = seen[identity] {
                    skipped.append(SkippedFile(file: file.path, reason: "the same recording as \(other)"))
                } else {
                    seen[identity] = file.path
                    utterances.append(utterance)
                }
            }
        }
        if utterances.isEmpty {
            throw .unreadable(path: folder, reason: "none of its \(files.count) audio files is an utterance of \(kind.title)")
        }
        var folders = Set(files.map { PathKey(StimmungSupport.folder(of: $0.path)) })
        folders.insert(PathKey(folder))
        utterances = try kind.layout.complete(utterances, folders: folders.sorted().map(\.path))
        return Corpus(name: kind.title, root: folder, kind: kind, utterances: utterances, skipped: skipped)
    }

    /// Every audio file in `folder` and below it, in the order of the paths.
    private static func audioFiles(below folder: String) throws(CorpusError) -> [AudioPath] {
        let files: [String]
        do {
            files = try FolderListing(below: folder, where: AudioFile.isAudio).files
        } catch {
            switch error {
            case .notAFolder(let path): throw .noSuchPath(path)
            case .unreadable(let path, let number): throw .unreadable(path: path, reason: systemWords(number))
            }
        }
        return files.map { file in
            let path = joined(folder, file)
            return AudioPath(path: path, stem: stem(of: file), folder: fileName(of: StimmungSupport.folder(of: path)))
        }
    }
}
