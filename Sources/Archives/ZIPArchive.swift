import CStimmungZlib
import Foundation

/// A strict reader of ZIP archives in memory: one disk, no encryption, no ZIP64, entries stored or deflated.
///
/// Sizes are checked before memory is allocated, and names before anything is read: an archive with an absolute name, `..`, a backslash, two names
/// that differ at most in case, or a symbolic link is refused.
/// Nothing is extracted to the disk. Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
package struct ZIPArchive {
    package struct Failure: Error, Equatable {
        package let reason: String

        package init(reason: String) { self.reason = reason }
    }

    package struct Entry: Equatable {
        package let name: String
        fileprivate let method: Int
        fileprivate let checksum: UInt32
        fileprivate let packed: Int
        package let size: Int
        fileprivate let offset: Int
    }

    /// The largest entry that is read.
    static let largest = 64 << 20

    private let bytes: [UInt8]
    private let directoryStart: Int
    package let entries: [Entry]

    package init(_ bytes: [UInt8]) throws(Failure) {
        self.bytes = bytes
        let endLength = 22
        // The end record is followed by a comment of up to 65535 bytes.
        guard bytes.count >= endLength,
            let end = stride(from: bytes.count - endLength, through: max(0, bytes.count - endLength - 65535), by: -1).first(where: {
                Self.number(bytes, $0, 4) == 0x0605_4b50 && $0 + endLength + Self.number(bytes, $0 + 20, 2) == bytes.count
            })
        else { throw Failure(reason: "it has no ZIP directory, so it may be truncated") }
        let count = Self.number(bytes, end + 10, 2)
        let length = Self.number(bytes, end + 12, 4)
        let start = Self.number(bytes, end + 16, 4)
        guard Self.number(bytes, end + 4, 4) == 0, Self.number(bytes, end + 8, 2) == count else {
            throw Failure(reason: "it spans several disks")
        }
        guard start + length <= end, count * 46 <= length else { throw Failure(reason: "its directory is outside the file") }
        directoryStart = start
        var entries: [Entry] = []
        var names: Set<String> = []
        var place = start
        for _ in 0..<count {
            let (entry, next) = try Self.entry(bytes, at: place, limit: start + length)
            guard names.insert(entry.name.lowercased()).inserted else { throw Failure(reason: "the entry \(entry.name) appears twice") }
            entries.append(entry)
            place = next
        }
        guard place == start + length else { throw Failure(reason: "its directory has another length than it claims") }
        self.entries = entries
    }

    /// The content of an entry.
    package func content(_ entry: Entry) throws(Failure) -> [UInt8] {
        let name = entry.name
        guard entry.size <= Self.largest, entry.packed <= Self.largest else {
            throw Failure(reason: "the entry \(name) claims \(max(entry.size, entry.packed)) bytes; the maximum is \(Self.largest)")
        }
        let local = entry.offset
        guard local + 30 <= directoryStart, Self.number(bytes, local, 4) == 0x0403_4b50 else {
            throw Failure(reason: "the entry \(name) has no local header")
        }
        let nameLength = Self.number(bytes, local + 26, 2)
        let start = local + 30 + nameLength + Self.number(bytes, local + 28, 2)
        guard start + entry.packed <= directoryStart else { throw Failure(reason: "the entry \(name) ends outside the file") }
        guard bytes[(local + 30)..<(local + 30 + nameLength)].elementsEqual(name.utf8), Self.number(bytes, local + 8, 2) == entry.method
        else {
            throw Failure(reason: "the local header of the entry \(name) differs from the directory")
        }
        let packed = bytes[start..<(start + entry.packed)]
        let content: [UInt8]
        if entry.method == 0 {
            guard entry.packed == entry.size else { throw Failure(reason: "the entry \(name) has two sizes") }
            content = Array(packed)
        } else {
            guard let inflated = Self.inflate(packed, to: entry.size) else {
                throw Failure(reason: "the entry \(name) is damaged")
            }
            content = inflated
        }
        let checksum = content.withUnsafeBufferPointer { crc32(0, $0.baseAddress, uInt($0.count)) }
        guard content.isEmpty || UInt32(checksum) == entry.checksum else {
            throw Failure(reason: "the checksum of the entry \(name) is wrong")
        }
        return content
    }

    private static func entry(_ bytes: [UInt8], at place: Int, limit: Int) throws(Failure) -> (Entry, next: Int) {
        guard place + 46 <= limit, number(bytes, place, 4) == 0x0201_4b50 else { throw Failure(reason: "its directory is damaged") }
        let nameLength = number(bytes, place + 28, 2)
        let next = place + 46 + nameLength + number(bytes, place + 30, 2) + number(bytes, place + 32, 2)
        guard next <= limit else { throw Failure(reason: "its directory is damaged") }
        guard let name = String(validating: bytes[(place + 46)..<(place + 46 + nameLength)], as: UTF8.self) else {
            throw Failure(reason: "a name is not UTF-8")
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, !name.hasPrefix("/"), !name.contains("\\"), !name.utf8.contains(0), !parts.contains("..") else {
            throw Failure(reason: "the name of the entry \(name.debugDescription) is not a path inside the archive")
        }
        // The upper half of the external attributes is the Unix mode.
        guard number(bytes, place + 40, 2) & 0xF000 != 0xA000 else { throw Failure(reason: "the entry \(name) is a symbolic link") }
        guard number(bytes, place + 8, 2) & 1 == 0 else { throw Failure(reason: "the entry \(name) is encrypted") }
        let method = number(bytes, place + 10, 2)
        guard method == 0 || method == 8 else { throw Failure(reason: "the entry \(name) is compressed by an unknown method") }
        let entry = Entry(
            name: name, method: method, checksum: UInt32(number(bytes, place + 16, 4)), packed: number(bytes, place + 20, 4),
            size: number(bytes, place + 24, 4), offset: number(bytes, place + 42, 4))
        return (entry, next)
    }

    /// Little-endian; the bytes must exist.
    private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    /// The content of a deflate stream; nil unless it is exactly `size` bytes from all of `packed`.
    private static func inflate(_ packed: ArraySlice<UInt8>, to size: Int) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var input = Array(packed)
        // One byte more, so that a longer stream is noticed.
        var output = [UInt8](repeating: 0, count: size + 1)
        let (room, length) = (output.count, input.count)
        let isWhole = input.withUnsafeMutableBufferPointer { input in
            // Both buffers are valid during these closures, and zlib is given their sizes.
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(length)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(room)
                return CStimmungZlib.inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 1
            }
        }
        guard isWhole else { return nil }
        output.removeLast()
        return output
    }
}
