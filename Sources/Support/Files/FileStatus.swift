// A file of its own: one of the concepts of this folder.

import Foundation

/// Tells whether a regular file is still the same: its identity, size and time of change.
package struct FileStatus: Sendable, Equatable {
    package let size: Int
    private let device: UInt64
    private let number: UInt64
    private let seconds: Int
    private let nanoseconds: Int

    /// nil where there is no regular file, or it cannot be accessed.
    package init?(path: String) {
        var status = stat()
        guard !path.utf8.contains(0), path.withPath({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        size = Int(status.st_size)
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        seconds = Int(status.st_mtim.tv_sec)
        nanoseconds = Int(status.st_mtim.tv_nsec)
    }
}
