import Foundation
import StimmungAudio
import StimmungSupport

extension Corpus {
    /// Opens the corpus at `path`: a manifest CSV, a folder that holds `manifest.csv`, the folder of a known corpus, or lists of another program
    /// (`Formats/` of this module).
    ///
    /// A folder is recognised by the names of the audio files in it and below it (a folder around the data, such as `emodb`
    /// around `wav`, will do): the known corpus to which more than half of them belong. Other files are listed in `skipped`.
    ///
    /// - Throws: `noSuchPath`, `unreadable`, `noAudio`, `unrecognisedLayout`, `severalCorpora`, `unknownEmotionCode`, and what
    ///   the reader of its format throws: `missingFile`, `invalidFormat` and others.
    public static func open(path: String) throws(CorpusError) -> Corpus { try open(path: path, CorpusReading()) }

    /// The same with settings for lists.
    package static func open(path: String, _ reading: CorpusReading) throws(CorpusError) -> Corpus {
        guard Files.exists(path) else { throw .noSuchPath(path) }
        if let (format, file) = CorpusFormat.of(path) { return try format.read(file, reading) }
        try reading.requireNoConfidence(path)
        return try recognise(folder: path)
    }

    private static func recognise(folder: String) throws(CorpusError) -> Corpus {
        let (files, warnings) = try audioFiles(below: folder)
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
        return try collect(zip(files, readings[best]), kind: KnownCorpus.allCases[best], folder: folder, warnings)
    }

    private static func collect(
        _ files: Zip2Sequence<[AudioPath], [FileReading]>, kind: KnownCorpus, folder: String, _ warnings: [CorpusWarning]
    ) throws(CorpusError) -> Corpus {
        var candidates: [TwinFiles.Candidate] = []
        var skipped: [SkippedFile] = []
        for (file, reading) in files {
            switch reading {
            case .foreign:
                skipped.append(SkippedFile(file: file.path, reason: "not named as files of \(kind.title) are"))
            case .leftOut(let reason):
                skipped.append(SkippedFile(file: file.path, reason: reason))
            case .unknownEmotion(let code, let known):
                throw .unknownEmotionCode(file: file.path, code: code, known: known)
            case .utterance(let utterance):
                candidates.append(TwinFiles.Candidate(file: file, utterance: utterance))
            }
        }
        if candidates.isEmpty {
            throw .unreadable(path: folder, reason: "none of its \(skipped.count) audio files is an utterance of \(kind.title)")
        }
        // Some distributions hold the whole corpus twice, in a folder of its own name; others have more signals of each recording.
        let twins = TwinFiles(candidates, kind.layout, folder: folder)
        skipped = (skipped + twins.skipped).sorted { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }
        var folders = Set(files.map { StimmungSupport.folder(of: $0.0.path) })
        folders.insert(folder)
        let utterances = try kind.layout.complete(twins.taken, folders: folders.sorted())
        return Corpus(
            name: kind.title, root: folder, kind: kind, utterances: utterances, skipped: skipped,
            warnings: warnings + twins.warnings(kind.title))
    }

    /// Every audio file in `folder` and below it, in the order of the paths, with warnings about what cannot be read.
    ///
    /// - Throws: where `folder` itself cannot be listed.
    static func audioFiles(below folder: String) throws(CorpusError) -> (files: [AudioPath], warnings: [CorpusWarning]) {
        let listing: FolderListing
        do {
            listing = try FolderListing(below: folder, where: AudioFile.isAudio)
        } catch {
            switch error {
            case .notAFolder(let path): throw .noSuchPath(path)
            case .unreadable(let path, let number): throw .unreadable(path: path, reason: systemWords(number))
            }
        }
        if listing.files.isEmpty, let problem = listing.problems.first {
            throw .unreadable(path: problem.path, reason: systemReason(problem.number))
        }
        let files = listing.files.map { file in
            let path = joined(folder, file)
            return AudioPath(
                path: path, stem: stem(of: file), suffix: fileExtension(of: file), folder: fileName(of: StimmungSupport.folder(of: path)))
        }
        let problems = listing.problems.map { "\($0.path) (\(systemReason($0.number)))" }
        let warning = CorpusWarning(.unreadableFolders, problems) {
            "\(problems.count) \(problems.count == 1 ? "folder or file" : "folders or files") of the corpus cannot be read, so that "
                + "recordings may be missing: \($0)."
        }
        return (files, problems.isEmpty ? [] : [warning])
    }
}
