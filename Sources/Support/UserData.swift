// A file of its own: one rule, which everything that keeps files for the user shares.

import Foundation

/// The folder of files that the program keeps for the user and that must not be removed like a cache.
package enum UserData {
    /// `$XDG_DATA_HOME/stimmung`, otherwise `$HOME/.local/share/stimmung`. The folder need not exist.
    ///
    /// - Parameter environment: environment variables; those of this process by default.
    /// - Returns: nil if neither variable is set.
    package static func folder(environment: [String: String]? = nil) -> String? {
        let value = { (name: String) -> String? in environment.map { $0[name] } ?? environmentPath(name) }
        // The XDG Base Directory Specification ignores relative paths.
        if let data = value("XDG_DATA_HOME"), data.utf8.first == UInt8(ascii: "/") { return joined(data, "stimmung") }
        guard let home = value("HOME"), home.utf8.first == UInt8(ascii: "/") else { return nil }
        return joined(home, ".local/share/stimmung")
    }
}
