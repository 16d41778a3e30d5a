import Foundation
import StimmungSupport
import Synchronization

/// The frames of a sequence, T × D, wherever they lie: in memory (`Matrix`), in a file (`FrameStore`), or computed from such when they are asked for.
///
/// Training takes its sequences in this form, because the frames of a large corpus need more memory than everything else.
package protocol FrameSource: Sendable {
    /// T
    var rows: Int { get }
    /// D
    var columns: Int { get }
    /// The frames of `range`, which lies within 0 ..< T. May be asked for by several threads at a time.
    func frames(_ range: Range<Int>) throws(FrameError) -> Matrix
}

extension FrameSource {
    /// All of them.
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
/// The file loses its name as soon as it is made, so it is gone with the last source that lies in it, also when the process is killed. It is made when it is
/// needed, in the folder that `TMPDIR` names, or else in `/var/tmp`, which unlike `/tmp` lies on a disk by custom.
package final class FrameStore: Sendable {
    /// 64 MiB: 72 minutes of speech, at 39 numbers a frame. What is read comes in pieces of a second or more, and from the system's own memory as long as that has
    /// room: an epoch of `lstm` takes as long with all frames in the file as with none.
    package static let defaultLimit = 64 << 20

    /// Bytes of frames kept in memory.
    package let limit: Int
    /// Where the file is made.
    package let folder: String

    private struct State {
        var inMemory = 0
        var file: TemporaryFile?
        /// Bytes of the file that are taken.
        var end = 0

        /// Where in the file bytes go; nil where memory takes them.
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

    /// `TMPDIR`, else `/var/tmp`.
    package static var standardFolder: String {
        environmentPath("TMPDIR") ?? "/var/tmp"
    }

    /// Bytes in the file.
    package var bytesInFile: Int { state.withLock { $0.end } }

    /// Takes frames, from several threads at a time if need be.
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
    /// The same without the room for more rows that appending leaves, up to as much again.
    fileprivate var trimmed: Matrix {
        guard elements.capacity > elements.count + elements.count / 8 else { return self }
        // A copy of a slice of all would share the memory.
        return Matrix(rows: rows, columns: columns, elements: elements.withUnsafeBufferPointer { Array($0) })
    }
}

/// Frames in a temporary file.
private struct StoredFrames: FrameSource {
    let file: TemporaryFile
    let folder: String
    /// Where the first frame's bytes begin.
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
    /// No temporary file in this folder, or no more room in it; with the system's reason, as "No space left on device".
    case cannotKeep(folder: String, reason: String)
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
            "features that are kept out of memory, in a temporary file in \(folder), cannot be written: \(reason). Make room there, or name another folder by TMPDIR."
        case .cannotRead(let folder, let reason):
            "features that are kept out of memory, in a temporary file in \(folder), cannot be read again: \(reason). Name a folder on another disk by TMPDIR."
        }
    }
}
