import Foundation

/// Files that appear whole or not at all.
enum AtomicFile {
    /// Writes a new file beside `path` and renames it, so that a failure (a full disk, say) leaves what was there and nothing else.
    ///
    /// A symbolic link keeps pointing to its file, which is replaced.
    ///
    /// - Throws: `FeatureError.unwritable` with the system's reason.
    static func write(_ contents: Data, to path: String) throws(FeatureError) {
        let target = try resolve(path)
        let temporary = "\(target).\(UUID().uuidString).partial"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw unwritable(path, errno) }
        let written = writeAll(contents, to: descriptor) && fsync(descriptor) == 0
        let reason = errno
        let closed = close(descriptor) == 0
        guard written && closed && rename(temporary, target) == 0 else {
            let reason = written ? errno : reason
            unlink(temporary)
            throw unwritable(path, reason)
        }
    }

    /// The file that `path` means, behind symbolic links. Only a regular file may be replaced: renaming would put a file in the place of a device.
    private static func resolve(_ path: String) throws(FeatureError) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        var status = stat()
        if stat(resolved, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
            throw .unwritable(file: path, reason: "it is not a regular file")
        }
        return String(cString: resolved)
    }

    /// `errno` tells why it failed.
    private static func writeAll(_ contents: Data, to descriptor: Int32) -> Bool {
        contents.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    private static func unwritable(_ path: String, _ number: Int32) -> FeatureError {
        .unwritable(file: path, reason: String(cString: strerror(number)).lowercased())
    }
}
