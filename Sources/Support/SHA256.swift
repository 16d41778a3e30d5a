import CStimmungKernels
import Foundation

/// The checksum SHA-256 (FIPS 180-4), which identifies a file independently of this package.
///
///     var hash = SHA256()
///     hash.update(Array("abc".utf8))
///     SHA256.hex(hash.finish())        // "ba7816bf…"
package struct SHA256: Sendable {
    private static let blockSize = 64

    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// The bytes after the last whole block.
    private var pending: [UInt8] = []
    private var count: UInt64 = 0

    package init() {}

    package mutating func update(_ bytes: some Collection<UInt8>) {
        let taken: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if taken == nil { update(Array(bytes)) }
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        count += UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let more = rest.prefix(Self.blockSize - pending.count)
            pending += more
            rest = rest.dropFirst(more.count)
            guard pending.count == Self.blockSize else { return }
            let block = pending
            pending.removeAll(keepingCapacity: true)
            block.withUnsafeBytes { take(blocks: $0) }
        }
        let whole = rest.count / Self.blockSize * Self.blockSize
        take(blocks: UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
        pending += rest.dropFirst(whole)
    }

    /// The 32 bytes of the checksum. Nothing may be taken afterwards.
    package mutating func finish() -> [UInt8] {
        let bits = count * 8
        let zeros = (2 * Self.blockSize - 9 - pending.count) % Self.blockSize
        update([0x80] + [UInt8](repeating: 0, count: zeros) + withUnsafeBytes(of: bits.bigEndian, Array.init))
        return state.flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) }
    }

    private mutating func take(blocks: UnsafeRawBufferPointer) {
        guard let data = blocks.bindMemory(to: UInt8.self).baseAddress else { return }
        // Bounds: `blocks` holds whole blocks only.
        state.withUnsafeMutableBufferPointer { ck_sha256($0.baseAddress, blocks.count / Self.blockSize, data) }
    }
}

extension SHA256 {
    /// The checksum of a file's content in lower-case hexadecimal, as `sha256sum` prints it; nil if the file cannot be read.
    package static func hex(ofFile path: String) -> String? {
        guard let descriptor = try? Files.open(path) else { return nil }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer -> String? in
            var hash = SHA256()
            while let count = readAll(descriptor, into: buffer) {
                hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                if count < buffer.count { return hex(hash.finish()) }
            }
            return nil
        }
    }

    /// Bytes in lower-case hexadecimal.
    package static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".unicodeScalars)
        var text = String.UnicodeScalarView()
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(text)
    }
}
