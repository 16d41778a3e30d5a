import Foundation
import Synchronization

/// Keeps the frames of any number of sequences in bounded memory: those that come after `limit` bytes stand in a temporary file.
///
///     let store = FrameStore()
///     let source = try store.keep(features)     // any FrameSource
///
/// The file has no name, so it is gone with the last source that lies in it, however the process ends. It is made when it is needed, in the folder
/// that `TMPDIR` names, or else in `/var/tmp`, which unlike `/tmp` lies on a disk by custom.
public final class FrameStore: Sendable {
    /// 64 MiB: 47 minutes of speech, at 39 numbers a frame. What is read comes in pieces of a second or more, and from the system's own memory as long as that has
    /// room: an epoch of `lstm` takes as long with all frames in the file as with none.
    public static let defaultLimit = 64 << 20

    /// Why frames could not be kept or read again.
    public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
        public let folder: String
        /// The system's reason, as "No space left on device".
        public let reason: String

        public var description: String {
            "features do not fit into memory, and a temporary file for them in \(folder) fails: \(reason). Make room there, or name another folder by TMPDIR."
        }
    }

    /// Bytes of frames kept in memory.
    public let limit: Int
    /// Where the file is made.
    public let folder: String

    private struct State {
        var inMemory = 0
        var file: TemporaryFile?
        /// Bytes of the file that are taken.
        var end = 0

        /// Where in the file bytes go; nil where memory takes them.
        mutating func place(for bytes: Int, _ limit: Int, _ folder: String) throws(Failure) -> (file: TemporaryFile, offset: Int)? {
            guard inMemory + bytes > limit else {
                inMemory += bytes
                return nil
            }
            let file = if let file { file } else { try TemporaryFile(folder: folder) }
            self.file = file
            defer { end += bytes }
            return (file, end)
        }
    }

    private let state = Mutex(State())

    public init(limit: Int = FrameStore.defaultLimit, folder: String = FrameStore.standardFolder) {
        self.limit = limit
        self.folder = folder
    }

    /// `TMPDIR`, else `/var/tmp`.
    public static var standardFolder: String {
        ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
    }

    /// Bytes that stand in the file.
    public var bytesInFile: Int { state.withLock { $0.end } }

    /// Takes frames, from several threads at a time if need be.
    public func keep(_ frames: Matrix) throws(Failure) -> any FrameSource {
        let bytes = frames.elements.count * MemoryLayout<Float>.stride
        guard let place = try state.withLock({ (state) throws(Failure) in try state.place(for: bytes, limit, folder) }) else {
            return frames
        }
        try place.file.write(frames.elements, at: place.offset)
        return StoredFrames(file: place.file, offset: place.offset, rows: frames.rows, columns: frames.columns)
    }
}

/// Frames in a temporary file.
private struct StoredFrames: FrameSource {
    let file: TemporaryFile
    /// Where the first frame's bytes begin.
    let offset: Int
    let rows: Int
    let columns: Int

    func frames(_ range: Range<Int>) throws(FrameStore.Failure) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "frames \(range) of \(rows)")
        let start = offset + range.lowerBound * columns * MemoryLayout<Float>.stride
        return Matrix(rows: range.count, columns: columns, elements: try file.read(range.count * columns, at: start))
    }
}

/// A file without a name, for this process alone.
private final class TemporaryFile: Sendable {
    private let folder: String
    private let descriptor: Int32

    init(folder: String) throws(FrameStore.Failure) {
        self.folder = folder
        let path = "\(folder)/stimmung-\(UUID().uuidString)"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FrameStore.Failure(folder: folder, reason: String(cString: strerror(errno))) }
        unlink(path)
    }

    deinit { close(descriptor) }

    func write(_ elements: [Float], at offset: Int) throws(FrameStore.Failure) {
        try transfer(elements.count * MemoryLayout<Float>.stride) { done in
            elements.withUnsafeBytes { bytes in
                // bytes[done...] lies within `elements`.
                pwrite(descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, bytes.count - done, off_t(offset + done))
            }
        }
    }

    func read(_ count: Int, at offset: Int) throws(FrameStore.Failure) -> [Float] {
        var failure: FrameStore.Failure?
        let elements = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            do throws(FrameStore.Failure) {
                try transfer(count * MemoryLayout<Float>.stride) { done in
                    pread(
                        descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[done...]).baseAddress,
                        count * MemoryLayout<Float>.stride - done, off_t(offset + done))
                }
                initialized = count
            } catch { failure = error }
        }
        if let failure { throw failure }
        return elements
    }

    /// Calls `move` with the number of bytes that are done, until all are.
    private func transfer(_ count: Int, _ move: (Int) -> Int) throws(FrameStore.Failure) {
        var done = 0
        while done < count {
            let moved = move(done)
            if moved > 0 {
                done += moved
            } else if moved == 0 {
                throw FrameStore.Failure(folder: folder, reason: "it ends too early")
            } else if errno != EINTR {
                throw FrameStore.Failure(folder: folder, reason: String(cString: strerror(errno)))
            }
        }
    }
}
