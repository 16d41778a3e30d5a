import Foundation
import StimmungSupport

/// A regular, non-empty file that is open for reading, or a part of one. It is closed with the last reference.
package final class InputFile {
    package let path: String
    package var descriptor: Int32 { handle.descriptor }
    /// Size in bytes.
    let size: Int
    /// Start of a part within the file on disk; 0 for a whole file.
    let base: Int
    /// Whether it is the whole file on disk.
    let isWhole: Bool
    private let handle: Handle

    /// Closes the descriptor with the last of the parts.
    private final class Handle {
        let descriptor: Int32
        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }
    }

    /// - Throws: `AudioError` if the file is missing, empty, not readable or not a regular file.
    package init(path: String) throws(AudioError) {
        let descriptor: Int32
        do { descriptor = try Files.open(path) } catch { throw .opening(path, error.number) }
        handle = Handle(descriptor)
        self.path = path
        base = 0
        isWhole = true
        var status = stat()
        size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : -1
        if size < 0 { throw .notReadable(file: path, reason: systemReason(errno)) }
        if status.st_mode & S_IFMT == S_IFDIR { throw .isFolder(file: path) }
        if status.st_mode & S_IFMT != S_IFREG { throw .notRegularFile(file: path) }
        if size == 0 { throw .emptyFile(file: path) }
    }

    private init(_ range: Range<Int>, of file: InputFile) {
        path = file.path
        handle = file.handle
        base = file.base + range.lowerBound
        size = range.count
        isWhole = file.isWhole && size == file.size
    }

    /// A part of the file as a file.
    func part(_ range: Range<Int>) -> InputFile { InputFile(range.clamped(to: 0..<size), of: self) }

    /// Up to `count` bytes at `offset`, without changing the descriptor's position; fewer only at the end of the file.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        guard offset >= 0, offset < size, count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: min(count, size - offset)) { buffer, filled in
            filled = read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
        }
    }

    /// Fills the buffer from `offset`, which must be in the file, up to the end of the file.
    ///
    /// - Returns: the number of bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        let wanted = min(buffer.count, size - offset)
        var filled = 0
        while filled < wanted, let start = buffer.baseAddress {
            let got = pread(descriptor, start + filled, wanted - filled, off_t(base + offset + filled))
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { break }
            filled += got
        }
        return filled
    }

    /// The first offset of `mark` within `range` that is `confirmed`.
    func find(_ mark: String, in range: Range<Int>, where confirmed: (Int) -> Bool) -> Int? {
        let mark = Array(mark.utf8)
        let block = 1 << 20
        var offset = range.lowerBound
        while offset + mark.count <= range.upperBound {
            let bytes = bytes(at: offset, count: min(block, range.upperBound - offset))
            guard bytes.count >= mark.count else { return nil }
            var from = 0
            while let place = bytes.firstIndex(of: mark, from: from) {
                if confirmed(offset + place) { return offset + place }
                from = place + 1
            }
            offset += bytes.count - mark.count + 1
        }
        return nil
    }
}

extension AudioError {
    /// The error for an error number of `open`.
    static func opening(_ path: String, _ number: Int32) -> AudioError {
        switch number {
        case ENOENT, ENOTDIR: .noSuchFile(file: path)
        // A socket, or a device without a driver.
        case ENXIO, ENODEV: .notRegularFile(file: path)
        default: .notReadable(file: path, reason: systemReason(number))
        }
    }
}

extension [UInt8] {
    /// The first offset of the non-empty `mark` at or after `start`.
    func firstIndex(of mark: [UInt8], from start: Int) -> Int? {
        withUnsafeBytes { bytes in
            var place = start
            while place + mark.count <= bytes.count, let base = bytes.baseAddress {
                // The pointer is within the bytes.
                guard let found = memchr(base + place, Int32(mark[0]), bytes.count - place) else { return nil }
                place = UnsafeRawPointer(found) - base
                if place + mark.count <= bytes.count, memcmp(base + place, mark, mark.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }

    /// The four-letter name at `offset`; empty beyond the end or if it is not ASCII.
    func text(at offset: Int) -> String {
        guard offset >= 0, offset + 4 <= count else { return "" }
        let part = self[offset..<offset + 4]
        return part.allSatisfy { $0 >= 0x20 && $0 < 0x7f } ? String(decoding: part, as: UTF8.self) : ""
    }

    /// The unsigned number of up to 7 bytes, or of 8 clamped to `Int`, at `offset`; 0 beyond the end.
    func integer(at offset: Int, bytes width: Int, bigEndian: Bool = false) -> Int {
        guard offset >= 0, offset + width <= count else { return 0 }
        var value: UInt64 = 0
        for index in 0..<width {
            value = value << 8 | UInt64(self[offset + (bigEndian ? index : width - 1 - index)])
        }
        return Int(clamping: value)
    }
}
