import Foundation

/// A file that one process at a time has: the lock ends with the last reference, and with the process however that ends.
///
///     let lock = try FileLock(path: journal)                       // FileLock.Failure.inUse where another has it
///     write(lock.descriptor, …)
///
/// The file is created where it is missing, in one step with the lock: whoever comes second finds it in use, or has it alone. What must stay locked is
/// written through `descriptor`; a file that is renamed over it is another file and not locked.
package final class FileLock: Sendable {
    package enum Failure: StimmungError, Equatable {
        /// Another process, or another lock of this one, has it.
        case inUse(path: String)
        /// The system refused; `reason` is its words.
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
    /// Open for reading and writing, at the file's beginning.
    package let descriptor: Int32
    private let isTemporary: Bool

    /// - Parameters:
    ///   - path: of the file; its folder must exist.
    ///   - isTemporary: whether the file is there for the lock only, and removed with it.
    package init(path: String, isTemporary: Bool = false) throws(Failure) {
        self.path = path
        self.isTemporary = isTemporary
        while true {
            let descriptor: Int32
            do { descriptor = try Files.open(path, O_RDWR | O_CREAT) } catch { throw .unusable(path: path, reason: error.reason) }
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                let number = errno
                close(descriptor)
                if number == EINTR { continue }
                throw number == EWOULDBLOCK ? .inUse(path: path) : .unusable(path: path, reason: systemWords(number))
            }
            // Between opening and locking, its last owner may have removed the file, and another created it anew.
            var status = stat()
            if fstat(descriptor, &status) == 0, Files.Identity(path: path) == Files.Identity(status) {
                self.descriptor = descriptor
                if isTemporary { TemporaryPaths.add(path) }
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
