import Foundation
import Synchronization

/// A file of key–value pairs of hashes; the last value of a key counts. Memory does not grow with the number of pairs.
///
///     let pairs = try HashPairs(path: "out/.finished")
///     pairs.value(of: key)                         // from earlier runs
///     try pairs.add(key, value)
///     try pairs.close()
///
/// The file has a header of 16 bytes, then the pairs sorted by key, 32 bytes each. New pairs are appended to a second file, `path` + `.log`. `close` merges
/// it into the first one, or the next `init` if the process was killed. The same pairs give the same bytes in any order of adding.
package final class HashPairs: Sendable {
    /// Why the pairs cannot be used.
    package enum Failure: StimmungError, Equatable {
        /// Another process has them open.
        case inUse(file: String)
        /// The file does not have this format.
        case notPairs(file: String)
        /// A file cannot be read or written.
        case unusable(file: String, reason: String)

        package var code: String {
            switch self {
            case .inUse: "pairs.in-use"
            case .notPairs: "pairs.not-pairs"
            case .unusable: "pairs.unusable"
            }
        }

        package var description: String {
            switch self {
            case .inUse(let file): "\(file) is in use by another process. Wait for its end."
            case .notPairs(let file): "\(file) is damaged or was not written by this program. Remove it."
            case .unusable(let file, let reason): "\(file) cannot be used: \(reason). Check the folder and the space on the disk."
            }
        }
    }

    private struct Pair {
        let key: ContentHash
        /// Nil for a removed key.
        let value: ContentHash?
        static let size = 32
    }

    private static let title = Array("stimmung-pairs1\n".utf8)
    /// Number of pairs sorted in memory at a time: 4 MB.
    private static let mostSorted = 1 << 17

    private let path: String
    /// The sorted file; −1 if there is none.
    private let sorted: Int32
    private let count: Int
    private let lock: FileLock
    /// The log, which is appended to.
    private var log: Int32 { lock.descriptor }
    /// Serialises appending; holds whether anything was appended.
    private let isChanged = Mutex(false)

    /// Opens or creates the file, exclusively for this process.
    package init(path: String) throws(Failure) {
        self.path = path
        do { lock = try FileLock(path: path + ".log") } catch {
            switch error {
            case .inUse(let file): throw .inUse(file: file)
            case .unusable(let file, let reason): throw .unusable(file: file, reason: inSentence(reason))
            }
        }
        if Self.size(of: lock.descriptor) > 0 { try Self.merge(path, log: lock.descriptor) }
        let sorted = try Self.open(path)
        do throws(Failure) { count = try Self.count(in: sorted, path) } catch {
            if sorted >= 0 { Foundation.close(sorted) }
            throw error
        }
        self.sorted = sorted
    }

    deinit { if sorted >= 0 { Foundation.close(sorted) } }

    /// The value of a key from earlier runs.
    package func value(of key: ContentHash) -> ContentHash? {
        var range = 0..<count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            guard let pair = Self.pair(middle, in: sorted, after: Self.title.count) else { return nil }
            if pair.key == key { return pair.value }
            range = Self.precedes(pair.key, key) ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// Adds a pair; a nil value removes the key.
    package func add(_ key: ContentHash, _ value: ContentHash?) throws(Failure) {
        let bytes = Self.bytes(Pair(key: key, value: value))
        let reason: String? = isChanged.withLock { isChanged in
            // Appended in one call, so that a killed process leaves whole pairs.
            let written = bytes.withUnsafeBytes { Foundation.write(log, $0.baseAddress, $0.count) }
            guard written == bytes.count else { return systemReason(written < 0 ? errno : ENOSPC) }
            isChanged = true
            return nil
        }
        if let reason { throw .unusable(file: path + ".log", reason: reason) }
    }

    /// Merges the new pairs.
    package func close() throws(Failure) {
        if isChanged.withLock({ $0 }) { try Self.merge(path, log: log) }
        Files.remove(path + ".log")
    }
}

extension HashPairs {
    /// −1 if there is no file.
    private static func open(_ path: String) throws(Failure) -> Int32 {
        do { return try Files.open(path) } catch {
            guard error.number == ENOENT else { throw .unusable(file: path, reason: inSentence(error.reason)) }
            return -1
        }
    }

    private static func size(of file: Int32) -> Int {
        var status = stat()
        return fstat(file, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The number of sorted pairs; 0 without a file (−1).
    private static func count(in file: Int32, _ path: String) throws(Failure) -> Int {
        guard file >= 0 else { return 0 }
        var found = [UInt8](repeating: 0, count: title.count)
        let read = found.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard read == title.count, found == title else { throw .notPairs(file: path) }
        return (size(of: file) - title.count) / Pair.size
    }

    /// Rewrites the sorted file with the pairs of the log and empties the log. The last value of a key counts.
    ///
    /// Each pass over both files sorts the keys of one range, so that memory is bounded.
    private static func merge(_ path: String, log: Int32) throws(Failure) {
        let old = try open(path)
        defer { if old >= 0 { Foundation.close(old) } }
        let (before, added) = (try count(in: old, path), size(of: log) / Pair.size)
        let passes = UInt64((before + added) / mostSorted + 1)
        let draft: AtomicFile.Draft
        do { draft = try AtomicFile.Draft(of: path) } catch { throw .unusable(file: path, reason: error.reason) }
        try write(title, to: draft, path)
        for pass in 0..<passes {
            let width = UInt64.max / passes
            let range = pass * width...(pass == passes - 1 ? UInt64.max : pass * width + width - 1)
            var pairs: [(pair: Pair, number: Int)] = []
            func take(_ file: Int32, _ count: Int, after start: Int) throws(Failure) {
                for first in stride(from: 0, to: count, by: 4096) {
                    let block = bytes(first..<min(first + 4096, count), in: file, after: start)
                    guard block.count == (min(first + 4096, count) - first) * Pair.size else {
                        throw .unusable(file: path, reason: "it ends too early")
                    }
                    for offset in stride(from: 0, to: block.count, by: Pair.size) {
                        let pair = pair(block[offset..<offset + Pair.size])
                        if range.contains(pair.key.first) { pairs.append((pair, pairs.count)) }
                    }
                }
            }
            try take(old, before, after: title.count)
            try take(log, added, after: 0)
            pairs.sort { $0.pair.key == $1.pair.key ? $0.number < $1.number : precedes($0.pair.key, $1.pair.key) }
            var sorted: [UInt8] = []
            for (index, entry) in pairs.enumerated() where entry.pair.value != nil {
                let isLast = index + 1 == pairs.count || pairs[index + 1].pair.key != entry.pair.key
                if isLast { sorted += bytes(entry.pair) }
            }
            try write(sorted, to: draft, path)
        }
        do { try draft.commit() } catch { throw .unusable(file: path, reason: error.reason) }
        ftruncate(log, 0)
        lseek(log, 0, SEEK_SET)
    }

    private static func write(_ bytes: [UInt8], to draft: AtomicFile.Draft, _ path: String) throws(Failure) {
        do { try draft.append(Data(bytes)) } catch { throw .unusable(file: path, reason: inSentence(error.reason)) }
    }

    private static func pair(_ number: Int, in file: Int32, after start: Int) -> Pair? {
        let block = bytes(number..<number + 1, in: file, after: start)
        return block.count == Pair.size ? pair(block[...]) : nil
    }

    /// The bytes of these pairs; fewer at the end of the file.
    private static func bytes(_ range: Range<Int>, in file: Int32, after start: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: range.count * Pair.size) { buffer, filled in
            // The buffer is large enough for the range.
            filled = max(0, pread(file, buffer.baseAddress, buffer.count, off_t(start + range.lowerBound * Pair.size)))
        }
    }

    private static func precedes(_ a: ContentHash, _ b: ContentHash) -> Bool { (a.first, a.second) < (b.first, b.second) }

    private static func bytes(_ pair: Pair) -> [UInt8] {
        [pair.key.first, pair.key.second, pair.value?.first ?? 0, pair.value?.second ?? 0].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }

    private static func pair(_ bytes: ArraySlice<UInt8>) -> Pair {
        let words = (0..<4).map { word in
            (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[bytes.startIndex + 8 * word + $1]) << UInt64(8 * $1) }
        }
        let value = ContentHash(first: words[2], second: words[3])
        return Pair(key: ContentHash(first: words[0], second: words[1]), value: words[2] | words[3] == 0 ? nil : value)
    }
}
