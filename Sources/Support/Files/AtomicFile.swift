import Foundation

/// Files that appear whole or not at all.
///
/// The bytes go into a new file beside the wanted one, reach the disk, and only then take its name. On any failure, a
/// full disk included, the new file is removed and an older file of the wanted name stays as it was.
package enum AtomicFile {
    /// Why a file could not be written.
    package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
        package let path: String
        /// The system's reason, as "No space left on device".
        package let reason: String

        package init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }

        package var description: String {
            "\(path) cannot be written: \(reason). Check that the folder exists, that you may write to it and that its disk has room."
        }
    }

    /// Writes `data` to `path`, in place of the file of that name. The folder must exist.
    ///
    /// A symbolic link keeps pointing to its file, which is replaced. What is no regular file, as a device, is refused.
    ///
    /// - Parameter waitsForDisk: false leaves it to the system when the bytes reach the disk: a crash of the system, not of the program, may then leave
    ///   a damaged file, for readers that notice.
    package static func write(_ data: Data, to path: String, waitsForDisk: Bool = true) throws(Failure) {
        let target = try resolve(path)
        let temporary = "\(target).\(UUID().uuidString).partial"
        // The process's umask still applies to 0666, as to any file that a program creates.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Failure(path: path, reason: systemWords()) }
        var reason = writeAll(data, to: descriptor)
        // A disk that is full, or a server that is gone, may say so only here.
        if waitsForDisk, reason == nil, fsync(descriptor) != 0, errno != EINVAL { reason = systemWords() }
        if close(descriptor) != 0, reason == nil { reason = systemWords() }
        if reason == nil, rename(temporary, target) != 0 { reason = systemWords() }
        if let reason {
            unlink(temporary)
            throw Failure(path: path, reason: reason)
        }
    }

    /// The file that `path` means, behind symbolic links.
    private static func resolve(_ path: String) throws(Failure) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        var status = stat()
        if stat(resolved, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw Failure(path: path, reason: "it is there and is no regular file")
        }
        return String(cString: resolved)
    }

    /// Writes every byte; the reason where that fails.
    private static func writeAll(_ data: Data, to descriptor: Int32) -> String? {
        data.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                // bytes[done...] lies within `bytes`, which is alive for the length of this closure.
                let written = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done)
                if written > 0 {
                    done += written
                } else if written == 0 {
                    return "the system took no more bytes"
                } else if errno != EINTR {
                    return systemWords()
                }
            }
            return nil
        }
    }
}
