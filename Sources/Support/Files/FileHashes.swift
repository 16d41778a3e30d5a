import Foundation
import Synchronization

/// Hashes of the contents of files. Within a process a file is read once for as long as it stays the same.
///
///     let hashes = FileHashes.shared.hashes(of: paths, workers: workers)
///
/// A file is the same while its device, inode, size and times of change (`mtime` and `ctime`, which no program can set back) are.
package final class FileHashes: Sendable {
    /// Those of whole files, for all work of this process.
    package static let shared = FileHashes()

    private struct State {
        var known: [FileStatus: ContentHash] = [:]
        var reads = 0
    }

    /// Ages at which a file's times of change tell it apart from a later change: clocks of file systems tick as coarsely as every two seconds.
    private static let settled = 2.0

    private let state = Mutex(State())
    private let read: @Sendable (_ path: String) -> ContentHash?

    /// Hashes of all bytes.
    package convenience init() {
        self.init { ContentHash(ofFile: $0) }
    }

    /// Hashes of what matters of each file.
    ///
    /// - Parameter read: the hash of a file; nil where it cannot be read.
    package init(_ read: @escaping @Sendable (_ path: String) -> ContentHash?) {
        self.read = read
    }

    /// How many files have been read.
    package var reads: Int { state.withLock { $0.reads } }

    /// The hash of a regular file; nil where it cannot be read.
    package func hash(of path: String) -> ContentHash? {
        FileStatus(path: path).flatMap { hash(of: path, $0) }
    }

    /// The hashes of files in the order of their paths, files side by side; nil for one that cannot be read.
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
