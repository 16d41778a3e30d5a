import Foundation

/// A folder for one test, removed with the last reference.
package final class TemporaryFolder: Sendable {
    package let path: String
    package var url: URL { URL(fileURLWithPath: path) }

    package init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("stimmung-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { remove() }

    package func remove() { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { path + "/" + name }

    package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    package func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: file(name))) }

    package func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    /// Writes a file, and creates its parent folders.
    ///
    /// - Returns: its path.
    @discardableResult
    package func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        let place = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: place)
        return place.path
    }

    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }

    /// The names of the files and folders directly in it, sorted.
    package var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    /// The paths of all files and folders within it, at any depth, hidden ones too, sorted.
    package var content: [String] { (try? FileManager.default.subpathsOfDirectory(atPath: path).sorted()) ?? [] }

    /// Whether no partially written file is left behind.
    package var isClean: Bool { !content.contains { $0.contains("partial") } }
}

/// A temporary folder that is removed at the end of `body`.
package func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    return try body(folder.url)
}
