import Foundation

/// Where the package keeps what a user has installed.
package enum UserData {
    /// `$XDG_DATA_HOME/stimmung`, or `$HOME/.local/share/stimmung`. The XDG Base Directory Specification ignores relative paths.
    package static var folder: String {
        let environment = ProcessInfo.processInfo.environment
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/stimmung" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/stimmung"
    }
}
