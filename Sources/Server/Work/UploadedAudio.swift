import CStimmungMemory
import Foundation
import StimmungSupport
import Synchronization

/// The bytes of an uploaded recording, in memory that has a path (`memfd_create`): decoders read files, and nothing is written to a disk.
///
/// The memory is freed with the last reference.
package final class UploadedAudio: Sendable {
    /// The name that the client gave the file; nil without one.
    package let name: String?
    private let descriptor: Int32
    private let budget: UploadBudget
    private let counted = Mutex(0)

    /// - Throws: `UploadFailure.system` if the system has no descriptor left.
    package init(name: String?, budget: UploadBudget) throws(UploadFailure) {
        self.name = name
        self.budget = budget
        // 1 is MFD_CLOEXEC: decoders open the path.
        descriptor = memfd_create("recording", 1)
        guard descriptor >= 0 else { throw .system(errno) }
    }

    deinit {
        close(descriptor)
        budget.release(counted.withLock { $0 })
    }

    /// A path that this process and its children can open. It says nothing to anyone else.
    package var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    /// The name for sentences.
    package var title: String { name ?? "The recording" }

    /// The sentence with the recording's name instead of its path.
    package func naming(_ sentence: String) -> String { sentence.replacing(path, with: title) }

    package var byteCount: Int { counted.withLock { $0 } }

    /// Appends bytes.
    ///
    /// - Throws: `UploadFailure.noRoom` if all bodies together would be too large; `.system` if the system has no memory left.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(UploadFailure) {
        guard budget.take(bytes.count) else { throw .noRoom }
        counted.withLock { $0 += bytes.count }
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let written = write(descriptor, base + done, bytes.count - done)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .system(errno) }
            done += written
        }
    }
}

/// Why an upload cannot be held.
package enum UploadFailure: Error, Equatable {
    /// All uploads together would exceed their limit.
    case noRoom
    /// The system refused memory or a descriptor, with this error number.
    case system(Int32)
}

/// Limits the bytes of all uploads, and of all live audio that waits, that are held at a time.
package final class UploadBudget: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    package init(limit: Int) { self.limit = limit }

    /// Bytes that are held.
    package var held: Int { used.withLock { $0 } }

    /// Counts bytes until the last reference to the share is gone; nil if there is no room for them.
    package func share(of count: Int) -> Share? { take(count) ? Share(of: self, count) : nil }

    /// Bytes that are counted.
    package final class Share: Sendable {
        private let budget: UploadBudget
        private let count: Int

        fileprivate init(of budget: UploadBudget, _ count: Int) { (self.budget, self.count) = (budget, count) }

        deinit { budget.release(count) }
    }

    fileprivate func take(_ count: Int) -> Bool {
        used.withLock {
            guard $0 + count <= limit else { return false }
            $0 += count
            return true
        }
    }

    fileprivate func release(_ count: Int) { used.withLock { $0 -= count } }
}
