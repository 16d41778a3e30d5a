import Foundation

extension AudioFile {
    /// Whether a file is audio or film by the extension of its name, in small or capital letters. The file need not exist.
    package static func isAudio(path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }

    /// The extensions that count. Without `ts`: there is more TypeScript in the world's folders than film.
    private static let extensions: Set<String> = [
        // sound
        "wav", "wave", "rf64", "bwf", "w64", "aif", "aiff", "aifc", "au", "snd", "caf", "sph", "nist", "flac", "ogg", "oga", "opus", "spx",
        "mp1", "mp2", "mp3", "mpga", "m4a", "m4b", "aac", "adts", "ac3", "eac3", "amr", "3ga", "wma", "ape", "wv", "tta", "dts", "mka",
        "weba",
        // film
        "mp4", "m4v", "mov", "qt", "mkv", "webm", "avi", "wmv", "asf", "3gp", "3g2", "ogv", "flv", "f4v", "mpg", "mpeg", "mts", "m2ts",
        "vob", "mxf",
    ]

    /// The audio files in a folder and the folders in it, as paths that begin with `folder`, sorted byte by byte.
    ///
    /// Names that begin with a dot are passed over (`._x.wav` of a Mac is no sound). Links are followed, but into no folder within itself.
    ///
    /// Errors: `noSuchFile`, `notAFolder`, `notReadable` (for a folder within, too), `noAudioFiles`.
    package static func list(folder: String) throws(AudioError) -> [String] {
        var found: [String] = []
        try collect(folder, within: [], &found)
        guard !found.isEmpty else { throw .noAudioFiles(folder: folder) }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What makes a folder itself, whatever the path to it.
    private struct Identity: Hashable {
        var device: dev_t
        var node: ino_t
    }

    private static func collect(_ folder: String, within parents: Set<Identity>, _ found: inout [String]) throws(AudioError) {
        var status = stat()
        guard stat(folder, &status) == 0 else { throw .opening(folder, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(path: folder) }
        let identity = Identity(device: status.st_dev, node: status.st_ino)
        guard !parents.contains(identity) else { return }
        for name in try names(in: folder) where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            var status = stat()
            // A link to nowhere is no recording.
            guard stat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                try collect(path, within: parents.union([identity]), &found)
            } else if status.st_mode & S_IFMT == S_IFREG, isAudio(path: path) {
                found.append(path)
            }
        }
    }

    private static func names(in folder: String) throws(AudioError) -> [String] {
        guard let handle = opendir(folder) else { throw .opening(folder, errno) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                // The name ends with a zero byte within the field.
                field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }
}
