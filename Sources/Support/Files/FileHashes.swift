import Foundation
import Synchronization

/// Hashes of the contents of files. A process reads each unchanged file once.
///
///     let hashes = FileHashes.shared.hashes(of: paths, workers: workers)
///
/// A file is unchanged if its device, inode, size and times of change are the same (`mtime`, and `ctime`, which no program can set back).
package final class FileHashes: Sendable {
    /// Hashes of whole files, shared by the process.
    package static let shared = FileHashes()

    private struct State {
        var known: [FileStatus: ContentHash] = [:]
        var reads = 0
    }

    /// A file must be this old for its times of change to reveal a later change: clocks of file systems tick as slowly as every two seconds.
    private static let settled = 2.0

    private let state = Mutex(State())
    private let read: @Sendable (_ path: String) -> ContentHash?

    /// Hashes of all bytes.
    package convenience init() {
        self.init { ContentHash(ofFile: $0) }
    }

    /// Hashes of the relevant content of files.
    ///
    /// - Parameter read: the hash of a file; nil if it cannot be read.
    package init(_ read: @escaping @Sendable (_ path: String) -> ContentHash?) {
        self.read = read
    }

    /// Number of files read so far.
    package var reads: Int { state.withLock { $0.reads } }

    /// The hash of a regular file; nil if it cannot be read.
    package func hash(of path: String) -> ContentHash? {
        FileStatus(path: path).flatMap { hash(of: path, $0) }
    }

    /// The hashes of files in the order of `paths`, computed in parallel; nil for files that cannot be read.
    package func hashes(of paths: [String], workers: Workers) -> [ContentHash?] {
        let statuses = workers.map(paths.count) { FileStatus(path: paths[$0]) }
        // The parts of a long recording share its file.
        var first: [FileStatus: Int] = [:]
        for (index, status) in statuses.enumerated() {
            if let status, first[status] == nil { first[status] = index }
        }
        let files = first.sorted { $0.value < $1.value }
        let found = workers.map(files.count) { hash(of: paths[files[$0].value], files[$0].key) }
        let hashes = Dictionary(uniqueKeysWithValues: zip(files.map(\.key), found))
        return statuses.map { status in status.flatMap { hashes[$0] ?? nil } }
    }

    private func hash(of path: String, _ status: FileStatus) -> ContentHash? {
        if let known = state.withLock({ $0.known[status] }) { return known }
        guard let hash = read(path) else { return nil }
        state.withLock {
            $0.reads += 1
            if status.age > Self.settled, FileStatus(path: path) == status { $0.known[status] = hash }
        }
        return hash
    }
}
