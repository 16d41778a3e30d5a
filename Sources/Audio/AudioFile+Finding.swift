import StimmungSupport

extension AudioFile {
    /// Whether the extension is that of an audio or video file, ignoring case. The file need not exist.
    public static func isAudio(path: String) -> Bool { MediaContainers.endings.contains(fileExtension(of: path)) }

    /// The audio files in a folder, and the problems in finding them.
    public struct Listing: Sendable {
        /// Paths that begin with the path of the folder, sorted by their bytes.
        public let files: [String]
        /// Unreadable folders and dangling links below the folder: `notReadable` or `noSuchFile`. Other files are not affected.
        public let problems: [AudioError]
        /// The number of other files by extension, in lower case; empty for names without one.
        public let passedOver: [String: Int]
    }

    /// The audio files in a folder and the folders below it, to any depth.
    ///
    /// Names that begin with a dot are skipped (`._x.wav` of macOS is not a recording). Links are followed. Each folder is visited once.
    ///
    /// - Throws: `noSuchFile`, `notAFolder` or `notReadable` for the folder itself; `noAudioFiles` if nothing was found and everything could be read.
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
    /// - Throws: `noSuchFile`, `notAFolder` or `notReadable` for the folder itself.
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
    /// The error for a problem in a folder.
    package init(_ problem: FolderListing.Problem) { self = .opening(problem.path, problem.number) }
}
