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
        let pattern = joined(temporaryFolder, "stimmung-XXXXXX")
        var template = (PathBytes.bytes(of: pattern) + [0]).map { CChar(bitPattern: $0) }
        guard mkdtemp(&template) != nil else { throw Failure(path: pattern, reason: systemWords()) }
        path = PathBytes.string(from: template.dropLast().map { UInt8(bitPattern: $0) })
        TemporaryPaths.add(path)
    }

    deinit { remove() }

    /// The path of a file in it.
    package func file(_ name: String) -> String { joined(path, name) }

    package func remove() {
        Files.removeTree(path)
        TemporaryPaths.forget(path)
    }
}
