import Foundation

/// An exclusive lock on a file. It is released with the last reference, and at the end of the process in any case.
///
///     let lock = try FileLock(path: journal)                       // FileLock.Failure.inUse if it is locked
///     write(lock.descriptor, …)
///
/// A missing file is created and locked in one step, so two processes never hold the lock at once. Write through `descriptor`: a file that is renamed over
/// the locked one is another file, and not locked.
package final class FileLock: Sendable {
    package enum Failure: StimmungError, Equatable {
        /// Another process, or another lock of this process, holds the lock.
        case inUse(path: String)
        /// The system refused; `reason` is its message.
        case unusable(path: String, reason: String)

        package var code: String {
            switch self {
            case .inUse: "file.in-use"
            case .unusable: "file.not-lockable"
            }
        }

        package var description: String {
            switch self {
            case .inUse(let path): "\(path) is in use by another run. Wait for it, or name another file."
            case .unusable(let path, let reason): "\(path) cannot be locked: \(reason)."
            }
        }
    }

    package let path: String
    /// Open for reading and writing, at the start of the file.
    package let descriptor: Int32
    private let isTemporary: Bool

    /// - Parameters:
    ///   - path: path of the file; its folder must exist.
    ///   - isTemporary: whether the file serves the lock only and is removed with it.
    package init(path: String, isTemporary: Bool = false) throws(Failure) {
        self.path = path
        self.isTemporary = isTemporary
        // Before the file exists, so that a signal at any moment leaves none.
        if isTemporary { TemporaryPaths.add(path) }
        while true {
            let descriptor: Int32
            do { descriptor = try Files.open(path, O_RDWR | O_CREAT) } catch {
                if isTemporary { TemporaryPaths.forget(path) }
                throw .unusable(path: path, reason: error.reason)
            }
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                let number = errno
                close(descriptor)
                if number == EINTR { continue }
                if isTemporary { TemporaryPaths.forget(path) }
                throw number == EWOULDBLOCK ? .inUse(path: path) : .unusable(path: path, reason: systemWords(number))
            }
            // Between opening and locking, the last owner may have removed the file, and another process may have created a new one.
            var status = stat()
            if fstat(descriptor, &status) == 0, Files.Identity(path: path) == Files.Identity(status) {
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
    }

    deinit {
        // While it is still locked: nobody else can have this file.
        if isTemporary {
            Files.remove(path)
            TemporaryPaths.forget(path)
        }
        close(descriptor)
    }
}
