import Foundation
import Synchronization

/// Pairs of hashes in a file: for each key, the value that was added last. Memory does not grow with the number of pairs.
///
///     let pairs = try HashPairs(path: "out/.finished")
///     pairs.value(of: key)                         // from earlier runs
///     try pairs.add(key, value)
///     try pairs.close()
///
/// The file holds 16 bytes of title, then the pairs sorted by key, 32 bytes each. New pairs are appended to a second file, `path` with `.log`, and sorted
/// into the first by `close`, or by the next `init` if the process was killed. The same pairs give the same bytes, in whatever order they were added.
package final class HashPairs: Sendable {
    /// Why the pairs cannot be used.
    package enum Failure: StimmungError, Equatable {
        /// Another process has them open.
        case inUse(file: String)
        /// The file is not one of pairs.
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
        /// nil for a key that was removed.
        let value: ContentHash?
        static let size = 32
    }

    private static let title = Array("stimmung-pairs1\n".utf8)
    /// Pairs that are sorted in memory at a time: 4 MB.
    private static let mostSorted = 1 << 17

    private let path: String
    /// Sorted; −1 where there is none.
    private let sorted: Int32
    private let count: Int
    /// Appended to, and locked.
    private let log: Int32
    /// Serialises appending; holds whether anything was appended.
    private let isChanged = Mutex(false)

    /// Opens the pairs, or begins a new file, for this process alone.
    package init(path: String) throws(Failure) {
        self.path = path
        log = try Self.lockedLog(path + ".log")
        do throws(Failure) {
            if Self.size(of: log) > 0 { try Self.merge(path, log: log) }
            sorted = open(path, O_RDONLY | O_CLOEXEC)
            guard sorted >= 0 || errno == ENOENT else { throw .unusable(file: path, reason: systemReason()) }
            count = try Self.count(in: sorted, path)
        } catch {
            Foundation.close(log)
            throw error
        }
    }

    deinit {
        if sorted >= 0 { Foundation.close(sorted) }
        Foundation.close(log)
    }

    /// The value of a key in earlier runs.
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

    /// Adds a pair; nil removes the key's.
    package func add(_ key: ContentHash, _ value: ContentHash?) throws(Failure) {
        let bytes = Self.bytes(Pair(key: key, value: value))
        let reason: String? = isChanged.withLock { isChanged in
            // Appended by one call, so that a process that is killed leaves whole pairs.
            let written = bytes.withUnsafeBytes { Foundation.write(log, $0.baseAddress, $0.count) }
            guard written == bytes.count else { return systemReason(written < 0 ? errno : ENOSPC) }
            isChanged = true
            return nil
        }
        if let reason { throw .unusable(file: path + ".log", reason: reason) }
    }

    /// Sorts the new pairs in.
    package func close() throws(Failure) {
        if isChanged.withLock({ $0 }) { try Self.merge(path, log: log) }
        unlink(path + ".log")
    }
}

extension HashPairs {
    /// Opens the log, which only one process can have.
    private static func lockedLog(_ path: String) throws(Failure) -> Int32 {
        while true {
            let log = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
            guard log >= 0 else { throw .unusable(file: path, reason: systemReason()) }
            guard flock(log, LOCK_EX | LOCK_NB) == 0 else {
                let number = errno
                Foundation.close(log)
                throw number == EWOULDBLOCK ? .inUse(file: path) : .unusable(file: path, reason: systemReason(number))
            }
            // The process that had it before may have removed it since it was opened.
            var (opened, named) = (stat(), stat())
            if fstat(log, &opened) == 0, stat(path, &named) == 0, opened.st_ino == named.st_ino, opened.st_dev == named.st_dev { return log }
            Foundation.close(log)
        }
    }

    private static func size(of file: Int32) -> Int {
        var status = stat()
        return fstat(file, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The number of sorted pairs; −1 as the file has none.
    private static func count(in file: Int32, _ path: String) throws(Failure) -> Int {
        guard file >= 0 else { return 0 }
        var found = [UInt8](repeating: 0, count: title.count)
        let read = found.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard read == title.count, found == title else { throw .notPairs(file: path) }
        return (size(of: file) - title.count) / Pair.size
    }

    /// Rewrites the sorted file with the pairs of the log, whose last value for a key counts, and empties the log.
    ///
    /// Each pass over both files sorts the keys of one range, so that memory is bounded.
    private static func merge(_ path: String, log: Int32) throws(Failure) {
        let old = open(path, O_RDONLY | O_CLOEXEC)
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
    }

    private static func write(_ bytes: [UInt8], to draft: AtomicFile.Draft, _ path: String) throws(Failure) {
        do { try draft.append(Data(bytes)) } catch { throw .unusable(file: path, reason: inSentence(error.reason)) }
    }

    private static func pair(_ number: Int, in file: Int32, after start: Int) -> Pair? {
        let block = bytes(number..<number + 1, in: file, after: start)
        return block.count == Pair.size ? pair(block[...]) : nil
    }

    /// The bytes of these pairs; fewer where the file ends.
    private static func bytes(_ range: Range<Int>, in file: Int32, after start: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: range.count * Pair.size) { buffer, filled in
            // The buffer has room for all bytes of the range.
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
