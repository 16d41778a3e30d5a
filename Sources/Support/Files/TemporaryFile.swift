import Foundation

/// A file of numbers without a name, for this process alone; gone with the last reference.
package final class TemporaryFile: Sendable {
    /// The system's reason for a failure, such as "No space left on device".
    package struct Failure: StimmungError {
        package let reason: String

        package var code: String { "file.temporary" }

        package var description: String { "A temporary file failed: \(reason)." }
    }

    private let descriptor: Int32

    /// Makes it in this folder.
    package init(folder: String) throws(Failure) {
        descriptor = try Self.make(folder)
    }

    private static func make(_ folder: String) throws(Failure) -> Int32 {
        let path = "\(folder)/stimmung-\(UUID().uuidString)"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(reason: systemWords()) }
        unlink(path)
        return descriptor
    }

    deinit { close(descriptor) }

    /// Writes numbers from this byte on.
    package func write(_ elements: [Float], at offset: Int) throws(Failure) {
        let reason = elements.withUnsafeBytes { bytes in
            // bytes[done...] lies within `elements`.
            transferAll(bytes.count, ending: "it ends too early") { done in
                pwrite(descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done, off_t(offset + done))
            }
        }
        if let reason { throw Failure(reason: reason) }
    }

    /// Reads `count` numbers from this byte on.
    package func read(_ count: Int, at offset: Int) throws(Failure) -> [Float] {
        var reason: String?
        let elements = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            // bytes[done...] lies within the array's `count` numbers.
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
