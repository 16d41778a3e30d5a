import Foundation
import Synchronization

/// Files that appear whole or not at all.
///
/// The bytes go into a new file beside the wanted one, reach the disk, and only then take its name. On any failure, a
/// full disk included, the new file is removed and an older file of the wanted name stays as it was.
package enum AtomicFile {
    /// Why a file could not be written.
    package struct Failure: StimmungError, Equatable {
        package let path: String
        /// The system's reason, as "No space left on device".
        package let reason: String

        package init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }

        package var code: String { "file.not-writable" }

        package var description: String {
            "\(path) cannot be written: \(reason). Check that the folder exists, that you may write to it and that its disk has room."
        }
    }

    /// How the names of unfinished files begin.
    package static let temporaryPrefix = ".stimmung-"

    /// Writes `data` to `path`, in place of the file of that name. The folder must exist.
    ///
    /// - Parameters:
    ///   - data: the content.
    ///   - path: as for `Draft`.
    ///   - drafts: as for `Draft`.
    ///   - waitsForDisk: as for `Draft.commit`.
    /// - Throws: `Failure`
    package static func write(_ data: Data, to path: String, drafts: String? = nil, waitsForDisk: Bool = true) throws(Failure) {
        let draft = try Draft(of: path, in: drafts)
        try draft.append(data)
        try draft.commit(waitsForDisk: waitsForDisk)
    }

    /// A file that is being written under a temporary name. It is removed with the last reference if it was not committed.
    package final class Draft: Sendable {
        /// Open for writing, and empty at first.
        package let descriptor: Int32
        private let path: String
        private let target: String
        private let temporary: String
        private let isOpen = Mutex(true)

        /// Makes the file beside `path`, whose folder must exist.
        ///
        /// A symbolic link keeps pointing to its file, which is replaced. What is not a regular file, as a device, is refused.
        ///
        /// - Parameters:
        ///   - path: the file to write.
        ///   - drafts: a folder of the same file system for the file until it is committed, so that a process that is killed leaves nothing
        ///     beside `path`; nil for the folder of `path`.
        /// - Throws: `Failure`
        package init(of path: String, in drafts: String? = nil) throws(Failure) {
            // A C string would end at the zero byte and name another file.
            guard !path.isEmpty, !path.utf8.contains(0) else { throw Failure(path: path, reason: "this is not a file name") }
            self.path = path
            target = try AtomicFile.resolve(path)
            // Short and apart from the name: it fits wherever the name does. A name that does not fit is noticed now, not after the work.
            var status = stat()
            if target.withPath({ lstat($0, &status) }) != 0, errno != ENOENT { throw Failure(path: path, reason: systemWords()) }
            temporary = joined(drafts ?? folder(of: target), "\(AtomicFile.temporaryPrefix)\(UUID().uuidString.prefix(18))")
            // The process's umask still applies to 0666, as to any file that a program creates.
            TemporaryPaths.add(temporary)
            do { descriptor = try Files.open(temporary, O_WRONLY | O_CREAT | O_EXCL) } catch {
                isOpen.withLock { $0 = false }
                TemporaryPaths.forget(temporary)
                throw Failure(path: path, reason: error.reason)
            }
        }

        deinit {
            guard isOpen.withLock({ $0 }) else { return }
            close(descriptor)
            Files.remove(temporary)
            TemporaryPaths.forget(temporary)
        }

        /// Appends bytes.
        ///
        /// - Throws: `Failure`
        package func append(_ data: Data) throws(Failure) {
            if let reason = data.withUnsafeBytes({ writeAll($0, to: descriptor) }) { throw Failure(path: path, reason: reason) }
        }

        /// Closes the file and gives it its name.
        ///
        /// - Parameter waitsForDisk: false leaves it to the system when the bytes reach the disk: a crash of the system, not of the
        ///   program, may then leave a damaged file, for readers that notice.
        /// - Throws: `Failure`; the file is then removed.
        package func commit(waitsForDisk: Bool = true) throws(Failure) {
            precondition(isOpen.withLock { $0 }, "\(path) is committed already")
            var reason: String?
            // A disk that is full, or a server that is gone, may report it only here.
            if waitsForDisk, fsync(descriptor) != 0, errno != EINVAL { reason = systemWords() }
            if close(descriptor) != 0, reason == nil { reason = systemWords() }
            isOpen.withLock { $0 = false }
            defer { TemporaryPaths.forget(temporary) }
            if reason == nil, temporary.withPath({ from in target.withPath { rename(from, $0) } }) != 0 { reason = systemWords() }
            if let reason {
                Files.remove(temporary)
                throw Failure(path: path, reason: reason)
            }
        }
    }

    /// The file that `path` means, behind symbolic links.
    private static func resolve(_ path: String) throws(Failure) -> String {
        guard let resolved = Files.realPath(path) else { return path }
        if let mode = Files.mode(resolved), mode & S_IFMT != S_IFREG {
            throw Failure(path: path, reason: mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is not a regular file")
        }
        return resolved
    }
}

/// Writes every byte to a descriptor; the system's reason where that fails.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> String? {
    transferAll(bytes.count) { done in
        // bytes[done...] lies within `bytes`, which is alive for the length of this closure.
        write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done)
    }
}

/// Calls `move` with the number of bytes that are done, until all `count` are; the system's reason where it fails.
///
/// - Parameters:
///   - ending: the reason where no byte moves.
///   - move: reads or writes on from there; the number of bytes, or −1 and `errno`.
func transferAll(_ count: Int, ending: String = "the system took no more bytes", _ move: (Int) -> Int) -> String? {
    var done = 0
    while done < count {
        let moved = move(done)
        if moved > 0 {
            done += moved
        } else if moved == 0 {
            return ending
        } else if errno != EINTR {
            return systemWords()
        }
    }
    return nil
}
