import Foundation
import Synchronization

/// Files that are written completely or not at all.
///
/// The bytes are written to a new file in the same folder, flushed to the disk, and renamed. On any failure, including a full disk, the new file is
/// removed and an older file of that name is unchanged.
package enum AtomicFile {
    /// Why a file could not be written.
    package struct Failure: StimmungError, Equatable {
        package let path: String
        /// The system's reason, such as "No space left on device".
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

    /// Prefix of the names of unfinished files.
    package static let temporaryPrefix = ".stimmung-"

    /// Writes `data` to `path` and replaces an existing file. The folder must exist.
    ///
    /// - Parameters:
    ///   - data: the content.
    ///   - path: as for `Draft`.
    ///   - drafts: as for `Draft`.
    ///   - waitsForDisk: as for `Draft.commit`.
    /// - Throws: `Failure`.
    package static func write(_ data: Data, to path: String, drafts: String? = nil, waitsForDisk: Bool = true) throws(Failure) {
        let draft = try Draft(of: path, in: drafts)
        try draft.append(data)
        try draft.commit(waitsForDisk: waitsForDisk)
    }

    /// A file under a temporary name. It is removed with the last reference unless it was committed.
    package final class Draft: Sendable {
        /// Open for writing; the file is empty at first.
        package let descriptor: Int32
        private let path: String
        private let target: String
        private let temporary: String
        private let isOpen = Mutex(true)

        /// Creates the file in the folder of `path`, which must exist.
        ///
        /// A symbolic link is kept, and its target is replaced. A path that is not a regular file, such as a device, is an error.
        ///
        /// - Parameters:
        ///   - path: the file to write.
        ///   - drafts: folder for the file until it is committed, on the same file system, so that a killed process leaves nothing beside `path`;
        ///     nil for the folder of `path`.
        /// - Throws: `Failure`.
        package init(of path: String, in drafts: String? = nil) throws(Failure) {
            // A C string would end at the zero byte and name another file.
            guard !path.isEmpty, !path.utf8.contains(0) else { throw Failure(path: path, reason: "this is not a file name") }
            self.path = path
            target = try AtomicFile.resolve(path)
            // Short and independent of the name, so that it always fits. A name that is too long is noticed now, not after the work.
            var status = stat()
            if target.withPath({ lstat($0, &status) }) != 0, errno != ENOENT { throw Failure(path: path, reason: systemWords()) }
            temporary = joined(drafts ?? folder(of: target), "\(AtomicFile.temporaryPrefix)\(UUID().uuidString.prefix(18))")
            // The umask of the process is applied to 0666, as for other new files.
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
        /// - Throws: `Failure`.
        package func append(_ data: Data) throws(Failure) {
            if let reason = data.withUnsafeBytes({ writeAll($0, to: descriptor) }) { throw Failure(path: path, reason: reason) }
        }

        /// Closes the file and renames it.
        ///
        /// - Parameter waitsForDisk: false does not flush: a crash of the system, not of the program, may then leave a damaged file. For files
        ///   whose readers notice damage.
        /// - Throws: `Failure`; the file is then removed.
        package func commit(waitsForDisk: Bool = true) throws(Failure) {
            precondition(isOpen.withLock { $0 }, "\(path) is committed already")
            var reason: String?
            // A full disk or a lost server may be reported only here.
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
        let resolved = Files.destination(path)
        if let mode = Files.mode(resolved), mode & S_IFMT != S_IFREG {
            throw Failure(path: path, reason: mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is not a regular file")
        }
        return resolved
    }
}

/// Writes all bytes to a descriptor. Returns the system's reason on failure.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> String? {
    transferAll(bytes.count) { done in
        // bytes[done...] is within `bytes`, which is valid during this closure.
        write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done)
    }
}

/// Calls `move` with the number of bytes done so far, until all `count` are done. Returns the system's reason on failure.
///
/// - Parameters:
///   - ending: the reason if no byte is moved.
///   - move: reads or writes from there; returns the number of bytes, or −1 with `errno`.
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
