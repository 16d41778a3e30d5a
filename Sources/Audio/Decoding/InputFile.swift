import Foundation
import StimmungSupport

/// A regular file that is open for reading and not empty; closed with the last reference.
package final class InputFile {
    package let path: String
    package let descriptor: Int32
    /// In bytes.
    let size: Int

    /// - Throws: `AudioError`, for what is missing, empty, not readable or not a regular file.
    package init(path: String) throws(AudioError) {
        let descriptor: Int32
        do { descriptor = try Files.open(path) } catch { throw .opening(path, error.number) }
        var status = stat()
        let problem: AudioError?
        if fstat(descriptor, &status) != 0 {
            problem = .notReadable(file: path, reason: systemReason(errno))
        } else if status.st_mode & S_IFMT == S_IFDIR {
            problem = .isFolder(file: path)
        } else if status.st_mode & S_IFMT != S_IFREG {
            problem = .notRegularFile(file: path)
        } else if status.st_size == 0 {
            problem = .emptyFile(file: path)
        } else {
            problem = nil
        }
        if let problem {
            close(descriptor)
            throw problem
        }
        self.path = path
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Up to `count` bytes at `offset`, without moving the descriptor's place; fewer only at the end of the file.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        guard offset >= 0, offset < size, count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: min(count, size - offset)) { buffer, filled in
            while filled < buffer.count, let base = buffer.baseAddress {
                let got = pread(descriptor, base + filled, buffer.count - filled, off_t(offset + filled))
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { break }
                filled += got
            }
        }
    }
}

extension AudioError {
    /// What `open` means by its error number.
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
    /// The four-letter name at `offset`; empty where so much is not there or it is no ASCII.
    func text(at offset: Int) -> String {
        guard offset >= 0, offset + 4 <= count else { return "" }
        let part = self[offset..<offset + 4]
        return part.allSatisfy { $0 >= 0x20 && $0 < 0x7f } ? String(decoding: part, as: UTF8.self) : ""
    }

    /// The unsigned number of up to 7 bytes, or of 8 held to what fits, at `offset`; 0 where so much is not there.
    func integer(at offset: Int, bytes width: Int, bigEndian: Bool = false) -> Int {
        guard offset >= 0, offset + width <= count else { return 0 }
        var value: UInt64 = 0
        for index in 0..<width {
            value = value << 8 | UInt64(self[offset + (bigEndian ? index : width - 1 - index)])
        }
        return Int(clamping: value)
    }
}
