import StimmungSupport

/// Why a published corpus was not fetched. Recordings that were fetched before the error stay.
package enum CorpusFetchError: StimmungError, Equatable {
    case noCurl
    case downloadFailed(address: String, reason: String)
    /// There is no such archive on the disk, or it cannot be read.
    case unreadable(file: String, reason: String)
    /// The archive is too large, damaged or hostile.
    case archive(file: String, reason: String)
    /// Recordings that the archive lacks or that are not as published.
    case wrongRecordings(file: String, missing: [String], different: [String])
    /// Files that have the names of recordings and other content.
    case occupied(folder: String, files: [String])
    case notWritable(path: String, reason: String)

    package var code: String {
        switch self {
        case .noCurl: "fetch.no-curl"
        case .downloadFailed: "fetch.download-failed"
        case .unreadable: "fetch.unreadable"
        case .archive: "fetch.archive"
        case .wrongRecordings: "fetch.wrong-recordings"
        case .occupied: "fetch.occupied"
        case .notWritable: "fetch.not-writable"
        }
    }

    package var description: String {
        switch self {
        case .noCurl: "The download needs the program curl, which is not installed. Install it: apt-get install curl"
        case .downloadFailed(let address, let reason): "\(address) cannot be downloaded: \(reason)."
        case .unreadable(let file, let reason): "The archive \(file) cannot be read: \(reason)."
        case .archive(let file, let reason): "The archive \(file) is refused: \(reason)."
        case .wrongRecordings(let file, let missing, let different):
            "\(file) is not the published corpus: "
                + [Self.list(missing, "it lacks"), Self.list(different, "its SHA-256 differs for")].compactMap(\.self).joined(
                    separator: "; ")
                + "."
        case .occupied(let folder, let files):
            "\(folder) has files with other content than the published recordings (\(files.prefix(5).joined(separator: ", "))"
                + (files.count > 5 ? " and \(files.count - 5) more" : "") + "). Move them, or name another folder."
        case .notWritable(let path, let reason): "\(path) cannot be written: \(reason)."
        }
    }

    private static func list(_ names: [String], _ verb: String) -> String? {
        guard !names.isEmpty else { return nil }
        return "\(verb) \(counted(names.count, "recording")) (\(names.prefix(3).joined(separator: ", "))\(names.count > 3 ? ", …" : ""))"
    }
}
