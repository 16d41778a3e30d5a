import Foundation
import StimmungAudio
import StimmungSupport

extension Corpus {
    /// Opens the corpus at `path`: a manifest CSV, a folder that holds `manifest.csv`, or the folder of a known corpus.
    ///
    /// A folder is recognised by the names of the audio files in it and below it (a folder around the data, such as `emodb`
    /// around `wav`, will do): the known corpus to which more than half of them belong. Other files are listed in `skipped`.
    ///
    /// Throws `noSuchPath`, `unreadable`, `noAudio`, `unrecognisedLayout`, `severalCorpora`, `unknownEmotionCode`, and what
    /// `Manifest.read` throws.
    package static func open(path: String) throws(CorpusError) -> Corpus {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .noSuchPath(path) }
        if !isFolder.boolValue { return try Manifest.read(path: path) }
        let manifest = joined(path, Manifest.standardName)
        if FileManager.default.fileExists(atPath: manifest) { return try Manifest.read(path: manifest) }
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
        var seen: [String: String] = [:]
        for (file, reading) in zip(files, readings) {
            switch reading {
            case .foreign:
                skipped.append(SkippedFile(file: file.path, reason: "not named as files of \(kind.title) are"))
            case .leftOut(let reason):
                skipped.append(SkippedFile(file: file.path, reason: reason))
            case .unknownEmotion(let code, let known):
                throw .unknownEmotionCode(file: file.path, code: code, known: known)
            case .utterance(let utterance):
                let identity = utterance.speaker + "/" + file.stem.lowercased()
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
        var folders = Set(files.map { StimmungSupport.folder(of: $0.path) })
        folders.insert(folder)
        utterances = try kind.layout.complete(utterances, folders: folders.sorted())
        return Corpus(name: kind.title, root: folder, kind: kind, utterances: utterances, skipped: skipped)
    }

    /// Every audio file in `folder` and below it, in the order of the paths. Hidden files and folders are passed over;
    /// links are followed, down to eight folders deep, so that a circle of links ends.
    private static func audioFiles(below folder: String) throws(CorpusError) -> [AudioPath] {
        var found: [AudioPath] = []
        var open = [(path: folder, depth: 0)]
        while let (path, depth) = open.popLast() {
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: path)
            } catch {
                throw .unreadable(path: path, reason: reason(of: error))
            }
            for name in names where !name.hasPrefix(".") {
                let child = joined(path, name)
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: child, isDirectory: &isFolder) else { continue }
                if isFolder.boolValue {
                    if depth < 8 { open.append((child, depth + 1)) }
                } else if AudioFile.isAudio(path: child) {
                    let stem = (name as NSString).deletingPathExtension
                    found.append(AudioPath(path: child, stem: stem, folder: (path as NSString).lastPathComponent))
                }
            }
        }
        return found.sorted { $0.path < $1.path }
    }
}
