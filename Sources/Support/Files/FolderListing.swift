import Foundation

/// The files in a folder and in the folders below it.
package enum FolderListing {
    /// Why a folder cannot be listed.
    package enum Failure: StimmungError, Equatable {
        case notAFolder(path: String)
        /// `number` is the system's error number.
        case unreadable(path: String, number: Int32)

        package var code: String {
            switch self {
            case .notAFolder: "folder.not-a-folder"
            case .unreadable: "folder.unreadable"
            }
        }

        package var description: String {
            switch self {
            case .notAFolder(let path): "\(path) is not a folder."
            case .unreadable(let path, let number): "\(path) cannot be read: \(systemReason(number))."
            }
        }
    }

    /// The regular files below `folder` that are wanted, as paths relative to it, sorted by their bytes.
    ///
    /// Names that begin with a dot are skipped. Links are followed; a folder is not entered again within itself, by whatever path,
    /// so that a circle of links ends.
    ///
    /// - Parameters:
    ///   - folder: its path.
    ///   - isWanted: asked with the relative path of each file.
    /// - Throws: `Failure`, for a folder below too.
    package static func files(below folder: String, where isWanted: (String) -> Bool) throws(Failure) -> [String] {
        var found: [String] = []
        try collect(folder, as: "", within: [], isWanted, &found)
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What identifies a folder, whatever the path to it.
    private struct Identity: Hashable {
        let device: dev_t
        let node: ino_t
    }

    private static func collect(
        _ folder: String, as relative: String, within parents: Set<Identity>, _ isWanted: (String) -> Bool, _ found: inout [String]
    ) throws(Failure) {
        var status = stat()
        guard stat(folder, &status) == 0 else { throw .unreadable(path: folder, number: errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(path: folder) }
        let identity = Identity(device: status.st_dev, node: status.st_ino)
        guard !parents.contains(identity) else { return }
        for name in try names(in: folder) where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            var status = stat()
            // A link to nowhere.
            guard stat(path, &status) == 0 else { continue }
            let below = joined(relative, name)
            if status.st_mode & S_IFMT == S_IFDIR {
                try collect(path, as: below, within: parents.union([identity]), isWanted, &found)
            } else if status.st_mode & S_IFMT == S_IFREG, isWanted(below) {
                found.append(below)
            }
        }
    }

    private static func names(in folder: String) throws(Failure) -> [String] {
        guard let handle = opendir(folder) else { throw .unreadable(path: folder, number: errno) }
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
