import Foundation

/// A file without a name, private to this process. It is removed with the last reference, and at the end of the process in any case.
package final class TemporaryFile: Sendable {
    /// The system's reason for a failure, such as "No space left on device".
    package struct Failure: StimmungError {
        package let reason: String

        package var code: String { "file.temporary" }

        package var description: String { "A temporary file failed: \(reason)." }
    }

    /// Open for reading and writing.
    package let descriptor: Int32

    /// A path by which this process and its children can open the file while this object exists.
    package var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    /// Creates the file in `folder`.
    package init(folder: String = temporaryFolder) throws(Failure) {
        descriptor = try Self.make(folder)
    }

    /// Linux's O_TMPFILE, which Swift's module of the C library lacks: it creates a file without a name.
    private static let unnamed = 0o20_000_000 | O_DIRECTORY

    private static func make(_ folder: String) throws(Failure) -> Int32 {
        if let descriptor = try? Files.open(folder, O_RDWR | unnamed, mode: 0o600) { return descriptor }
        // File systems without unnamed files, such as NFS.
        let path = joined(folder, "stimmung-\(UUID().uuidString)")
        do {
            let descriptor = try Files.open(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
            Files.remove(path)
            return descriptor
        } catch { throw Failure(reason: error.reason) }
    }

    deinit { close(descriptor) }

    /// Appends bytes.
    package func append(_ bytes: some ContiguousBytes) throws(Failure) {
        if let reason = bytes.withUnsafeBytes({ writeAll($0, to: descriptor) }) { throw Failure(reason: reason) }
    }

    /// Writes numbers, starting at byte `offset`.
    package func write(_ elements: [Float], at offset: Int) throws(Failure) {
        let reason = elements.withUnsafeBytes { bytes in
            // bytes[done...] is within `elements`.
            transferAll(bytes.count, ending: "it ends too early") { done in
                pwrite(descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done, off_t(offset + done))
            }
        }
        if let reason { throw Failure(reason: reason) }
    }

    /// Reads `count` numbers, starting at byte `offset`.
    package func read(_ count: Int, at offset: Int) throws(Failure) -> [Float] {
        var reason: String?
        let elements = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            // bytes[done...] is within the array's `count` numbers.
            let bytes = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(count * MemoryLayout<Float>.stride)])
            reason = transferAll(bytes.count, ending: "it ends too early") { done in
                pread(
                    descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done,
                    off_t(offset + done))
            }
            initialized = reason == nil ? count : 0
        }
        if let reason { throw Failure(reason: reason) }
        return elements
    }
}
