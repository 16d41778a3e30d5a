import StimmungSupport

extension AudioFile {
    /// Whether a file is audio or film by the extension of its name, in small or capital letters. The file need not exist.
    public static func isAudio(path: String) -> Bool { MediaContainers.endings.contains(fileExtension(of: path)) }

    /// The audio files in a folder, and what of it could not be read.
    public struct Listing: Sendable {
        /// Paths that begin with the folder's, sorted by their bytes.
        public let files: [String]
        /// A folder below, or a link to nothing, that cannot be read: `notReadable` or `noSuchFile`. The other files are not affected.
        public let problems: [AudioError]
        /// The number of other files by the extension of their name, in small letters; empty for names without one.
        public let passedOver: [String: Int]
    }

    /// The audio files in a folder and the folders below it, to any depth.
    ///
    /// Names that begin with a dot are skipped (`._x.wav` of a Mac is not a recording). Links are followed. Each folder is visited once, whatever leads
    /// to it.
    ///
    /// - Throws: `noSuchFile`, `notAFolder`, `notReadable` for the folder itself; `noAudioFiles` where nothing was found and everything could be read.
    public static func list(folder: String) throws(AudioError) -> Listing {
        var files: [String] = []
        var problems: [AudioError] = []
        var walk = try walk(folder: folder)
        while let item = walk.next() {
            switch item {
            case .file(let path): files.append(walk.path(of: path))
            case .problem(let problem): problems.append(AudioError(problem))
            }
        }
        guard !files.isEmpty || !problems.isEmpty else { throw .noAudioFiles(folder: folder) }
        return Listing(files: files.map { PathKey($0) }.sorted().map(\.path), problems: problems, passedOver: walk.passedOver.counts)
    }

    /// The same one by one, for folders with any number of files.
    ///
    /// - Throws: `noSuchFile`, `notAFolder`, `notReadable` for the folder itself.
    package static func walk(folder: String) throws(AudioError) -> FolderWalk {
        do { return try FolderWalk(of: folder, where: isAudio) } catch {
            switch error {
            case .notAFolder(let path): throw .notAFolder(path: path)
            case .unreadable(let path, let number): throw .opening(path, number)
            }
        }
    }
}

extension AudioError {
    /// What cannot be read in a folder.
    package init(_ problem: FolderListing.Problem) { self = .opening(problem.path, problem.number) }
}
