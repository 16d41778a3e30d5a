// A file of its own: one of the two concepts of this folder.

import Foundation

/// Finds programs in the folders of a search path, as the shell does.
package enum ProgramSearch {
    /// The variable `PATH`, or the system's folders if it is unset.
    package static var standardPath: String { environmentPath("PATH") ?? "/usr/bin:/bin" }

    /// The path of a program; `nil` if it is not installed.
    ///
    /// Relative folders are skipped: they would run files from the working folder.
    ///
    /// - Parameters:
    ///   - program: the name of the program.
    ///   - searchPath: folders separated by colons, as in `PATH`.
    package static func find(_ program: String, in searchPath: String = standardPath) -> String? {
        for folder in searchPath.split(separator: ":") where folder.hasPrefix("/") {
            let path = joined(String(folder), program)
            if FileStatus(path: path) != nil, path.withPath({ access($0, X_OK) }) == 0 { return path }
        }
        return nil
    }
}
