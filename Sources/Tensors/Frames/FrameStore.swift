import Foundation
import StimmungSupport
import Synchronization

/// The T frames of a sequence, D values each: in memory (`Matrix`), in a temporary file (`FrameStore`), or computed on demand.
///
/// Training reads its sequences through this protocol, because the frames of a large corpus need more memory than everything else.
package protocol FrameSource: Sendable {
    /// T
    var rows: Int { get }
    /// D
    var columns: Int { get }
    /// The frames of `range`, which lies within 0 ..< T. Safe to call from several threads at once.
    ///
    /// - Throws: `FrameError.cannotRead` if the frames cannot be read back.
    func frames(_ range: Range<Int>) throws(FrameError) -> Matrix
}

extension FrameSource {
    /// All frames, T × D.
    package func frames() throws(FrameError) -> Matrix { try frames(0..<rows) }
}

extension Matrix: FrameSource {
    package func frames(_ range: Range<Int>) -> Matrix { range == 0..<rows ? self : rows(range) }
}

/// Keeps the frames of any number of sequences in bounded memory: frames beyond `limit` bytes are spilled to a temporary file.
///
///     let store = FrameStore()
///     let source = try store.keep(features)     // any FrameSource
///
/// The file is created on first use, in the folder `TMPDIR` or else in `/var/tmp`, which unlike `/tmp` is usually on a disk. It is unlinked
/// at once, so it disappears with the last source that uses it, even if the process is killed.
package final class FrameStore: Sendable {
    /// 64 MiB: 72 minutes of speech at 39 values per frame. Reads cover a second or more and are served from the page cache while it has
    /// room: an epoch of `lstm` takes the same time with all frames in the file as with none.
    package static let defaultLimit = 64 << 20

    /// Largest number of bytes of frames kept in memory.
    package let limit: Int
    /// The folder of the temporary file.
    package let folder: String

    private struct State {
        var inMemory = 0
        var file: TemporaryFile?
        /// Bytes used in the file.
        var end = 0

        /// Reserves a place for `bytes` in the file; nil if they fit in memory.
        mutating func place(for bytes: Int, _ limit: Int, _ folder: String) throws(FrameError) -> (file: TemporaryFile, offset: Int)? {
            guard inMemory + bytes > limit else {
                inMemory += bytes
                return nil
            }
            let file: TemporaryFile
            do throws(TemporaryFile.Failure) {
                if let own = self.file { file = own } else { file = try TemporaryFile(folder: folder) }
            } catch {
                throw .cannotKeep(folder: folder, reason: error.reason)
            }
            self.file = file
            defer { end += bytes }
            return (file, end)
        }
    }

    private let state = Mutex(State())

    package init(limit: Int = FrameStore.defaultLimit, folder: String = FrameStore.standardFolder) {
        self.limit = limit
        self.folder = folder
    }

    /// `TMPDIR`, or `/var/tmp` if it is unset or empty.
    package static var standardFolder: String {
        environmentPath("TMPDIR") ?? "/var/tmp"
    }

    /// Bytes spilled to the file.
    package var bytesInFile: Int { state.withLock { $0.end } }

    /// Stores frames. Safe to call from several threads at once.
    ///
    /// - Throws: `FrameError.cannotKeep` if the temporary file cannot be created or written.
    package func keep(_ frames: Matrix) throws(FrameError) -> any FrameSource {
        let bytes = frames.elements.count * MemoryLayout<Float>.stride
        guard let place = try state.withLock({ (state) throws(FrameError) in try state.place(for: bytes, limit, folder) }) else {
            return frames.trimmed
        }
        do throws(TemporaryFile.Failure) { try place.file.write(frames.elements, at: place.offset) } catch {
            throw .cannotKeep(folder: folder, reason: error.reason)
        }
        return StoredFrames(file: place.file, folder: folder, offset: place.offset, rows: frames.rows, columns: frames.columns)
    }
}

extension Matrix {
    /// The matrix without the spare capacity that appending leaves, which can be as large as the matrix.
    fileprivate var trimmed: Matrix {
        guard elements.capacity > elements.count + elements.count / 8 else { return self }
        // `Array(elements[...])` would share the storage.
        return Matrix(rows: rows, columns: columns, elements: elements.withUnsafeBufferPointer { Array($0) })
    }
}

/// Frames in a temporary file.
private struct StoredFrames: FrameSource {
    let file: TemporaryFile
    let folder: String
    /// Byte offset of the first frame.
    let offset: Int
    let rows: Int
    let columns: Int

    func frames(_ range: Range<Int>) throws(FrameError) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "frames \(range) of \(rows)")
        let start = offset + range.lowerBound * columns * MemoryLayout<Float>.stride
        do throws(TemporaryFile.Failure) {
            return Matrix(rows: range.count, columns: columns, elements: try file.read(range.count * columns, at: start))
        } catch {
            throw .cannotRead(folder: folder, reason: error.reason)
        }
    }
}

/// Frames could not be stored or read back.
package enum FrameError: StimmungError, Equatable {
    /// The temporary file cannot be created or written in this folder; `reason` is the system's, such as "No space left on device".
    case cannotKeep(folder: String, reason: String)
    /// The temporary file in this folder cannot be read back.
    case cannotRead(folder: String, reason: String)

    package var code: String {
        switch self {
        case .cannotKeep: "tensors.cannot-keep-frames"
        case .cannotRead: "tensors.cannot-read-frames"
        }
    }

    package var description: String {
        switch self {
        case .cannotKeep(let folder, let reason):
            "features cannot be spilled to a temporary file in \(folder): \(reason). Free space there, or set TMPDIR to another folder."
        case .cannotRead(let folder, let reason):
            "features cannot be read back from a temporary file in \(folder): \(reason). Set TMPDIR to a folder on another disk."
        }
    }
}
