// A file of its own: one of the concepts of this folder.

import Foundation

/// Identity, size and times of change of a regular file, to detect changes.
package struct FileStatus: Sendable, Hashable {
    private struct Time: Hashable {
        let seconds: Int
        let nanoseconds: Int

        init(_ time: timespec) {
            seconds = Int(time.tv_sec)
            nanoseconds = Int(time.tv_nsec)
        }
    }

    package let identity: Files.Identity
    package let size: Int
    private let modified: Time
    /// Time of the last change of content or attributes. Unlike the time of modification, programs cannot set it back.
    private let changed: Time

    /// Nil if there is no regular file or it cannot be accessed.
    package init?(path: String) {
        var status = stat()
        guard !path.utf8.contains(0), path.withPath({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        identity = Files.Identity(status)
        size = Int(status.st_size)
        modified = Time(status.st_mtim)
        changed = Time(status.st_ctim)
    }

    /// Seconds since the last change.
    package var age: Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let last = max(Double(changed.seconds) + 1e-9 * Double(changed.nanoseconds), Double(modified.seconds))
        return Double(now.tv_sec) + 1e-9 * Double(now.tv_nsec) - last
    }
}
