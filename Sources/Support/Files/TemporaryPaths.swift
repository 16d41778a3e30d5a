// A file of its own: files and folders add themselves here.

import Foundation
import Synchronization

/// Named temporary files and folders of this process, to be removed if the program ends in the middle of its work.
package enum TemporaryPaths {
    private static let paths = Mutex<Set<PathKey>>([])

    /// Adds a file or folder, before or after it is created.
    package static func add(_ path: String) { paths.withLock { _ = $0.insert(PathKey(path)) } }

    /// Forgets a path that has been removed or renamed.
    package static func forget(_ path: String) { paths.withLock { _ = $0.remove(PathKey(path)) } }

    /// Removes all files and folders and ends the process. Other threads add nothing in between: they wait for the lock.
    package static func removeAll(thenExit status: Int32) -> Never {
        paths.withLock { paths in
            for path in paths { Files.removeTree(path.path) }
            _exit(status)
        }
    }
}
