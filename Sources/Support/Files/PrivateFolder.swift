import Foundation

/// A folder for temporary files that have names, which only this user can open (mode 0700).
///
/// It is removed with the last reference. Hold it with `defer { folder.remove() }` while other programs use its files: a path keeps no reference.
package final class PrivateFolder: Sendable {
    /// The folder could not be created.
    package struct Failure: StimmungError {
        /// The path with `XXXXXX` for its random part.
        package let path: String
        /// The system's reason, as "No space left on device".
        package let reason: String

        package var code: String { "file.temporary-folder" }

        package var description: String { "The temporary folder \(path) cannot be created: \(reason)." }
    }

    package let path: String

    /// Creates it in the temporary folder of the system, or of `TMPDIR`.
    package init() throws(Failure) {
        let pattern = joined(NSTemporaryDirectory(), "stimmung-XXXXXX")
        var template = Array(pattern.utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(path: pattern, reason: systemWords()) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        TemporaryPaths.add(path)
    }

    deinit { remove() }

    /// The path of a file in it.
    package func file(_ name: String) -> String { joined(path, name) }

    package func remove() {
        try? FileManager.default.removeItem(atPath: path)
        TemporaryPaths.forget(path)
    }
}
