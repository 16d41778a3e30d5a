import Foundation
import StimmungSupport

/// What tells one recording from another: the file itself, or where another has the same length, a hash of its sound.
enum RecordingContent: Hashable {
    /// A file that no other equals.
    case file(Files.Identity)
    case sound(ContentHash)

    private static let sounds = FileHashes { path in Extent(path: path)?.hash(path: path) }

    /// The content of the files at these paths; nil for a file that cannot be read.
    ///
    /// Of a WAV file, the format and the samples count, so that other chunks (titles, cue marks) make no difference; of any other file all bytes.
    static func of(_ paths: [String], workers: Workers) -> [RecordingContent?] {
        let statuses = workers.map(paths.count) { FileStatus(path: paths[$0]) }
        var path: [Files.Identity: String] = [:]
        for (status, own) in zip(statuses, paths) {
            if let status, path[status.identity] == nil { path[status.identity] = own }
        }
        let files = Array(path)
        let extents = workers.map(files.count) { Extent(path: files[$0].value) }
        let lengths = Dictionary(extents.compactMap { $0.map { ($0.bytes.count, 1) } }, uniquingKeysWith: +)
        let contents = workers.map(files.count) { (index) -> RecordingContent? in
            guard let extent = extents[index] else { return nil }
            guard lengths[extent.bytes.count] != 1 else { return .file(files[index].key) }
            return sounds.hash(of: files[index].value).map { .sound($0) }
        }
        let known = Dictionary(uniqueKeysWithValues: zip(files.map(\.key), contents))
        return statuses.map { $0.flatMap { known[$0.identity] ?? nil } }
    }

    /// The hash of the sound of the file at a path, whatever other files there are; nil for a file that cannot be read.
    static func hash(path: String) -> ContentHash? { sounds.hash(of: path) }
}

extension Utterance {
    /// Identifies what is heard: 16 hexadecimal digits that depend on the sound of the file and on the stretch of it, not on names; nil for a file
    /// that cannot be read.
    package var contentDigits: String? {
        guard let hash = RecordingContent.hash(path: file) else { return nil }
        guard start != nil || end != nil else { return String(hash.text.prefix(16)) }
        return String(ContentHash("\(hash.text) \(start ?? 0) \(end ?? .infinity)").text.prefix(16))
    }
}

extension Corpus {
    /// The number of the recording that each utterance is of. Copies of a file are one recording, and so are stretches of it that overlap; an
    /// utterance that cannot be read is one of its own.
    package func recordingNumbers(workers: Workers) -> [Int] {
        let hashes = workers.map(utterances.count) { RecordingContent.hash(path: utterances[$0].file) }
        var numbers = Array(utterances.indices)
        let copies = Dictionary(grouping: utterances.indices.filter { hashes[$0] != nil }) { hashes[$0] }
        for same in copies.values {
            var end = -Double.infinity
            var number = 0
            for index in same.sorted(by: { (utterances[$0].start ?? 0, $0) < (utterances[$1].start ?? 0, $1) }) {
                if (utterances[index].start ?? 0) >= end { number = index }
                numbers[index] = number
                end = max(end, utterances[index].end ?? .infinity)
            }
        }
        return numbers
    }
}

/// Where the sound of a file lies in it.
private struct Extent {
    let bytes: Range<Int>
    /// What the samples mean; empty for a file that is not WAV.
    private let format: [UInt8]

    /// nil for a file that cannot be read.
    init?(path: String) {
        guard let file = try? Files.open(path) else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        let size = Int(status.st_size)
        let (data, format) = Self.wave(file, size) ?? (0..<size, [])
        bytes = data
        self.format = format
    }

    /// The samples of a WAV file and its format; nil where the file is another, or is not as it says.
    private static func wave(_ file: Int32, _ size: Int) -> (Range<Int>, [UInt8])? {
        guard let head = read(file, 0, 12), head[..<4].elementsEqual("RIFF".utf8), head[8...].elementsEqual("WAVE".utf8) else { return nil }
        var format: [UInt8]?
        var offset = 12
        for _ in 0..<64 {
            guard let chunk = read(file, offset, 8) else { return nil }
            let length = (0..<4).reduce(0) { $0 | Int(chunk[4 + $1]) << (8 * $1) }
            let start = offset + 8
            if chunk[..<4].elementsEqual("fmt ".utf8), length >= 16 { format = read(file, start, 16) }
            if chunk[..<4].elementsEqual("data".utf8) {
                guard let format, start + length <= size, length > 0 else { return nil }
                return (start..<start + length, format)
            }
            offset = start + length + length % 2
        }
        return nil
    }

    private static func read(_ file: Int32, _ offset: Int, _ count: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(pread(file, buffer.baseAddress, count, off_t(offset)), 0)
        }
        return bytes.count == count ? bytes : nil
    }

    /// The hash of format and samples; nil where they cannot be read.
    func hash(path: String) -> ContentHash? {
        guard let file = try? Files.open(path) else { return nil }
        defer { close(file) }
        var stream = ContentHash.Stream()
        format.withUnsafeBytes { stream.take($0) }
        var offset = bytes.lowerBound
        while true {
            let count = min(1 << 18, bytes.upperBound - offset)
            guard let block = Self.read(file, offset, count) else { return nil }
            offset += count
            if offset == bytes.upperBound { return block.withUnsafeBytes { stream.finish($0) } }
            block.withUnsafeBytes { stream.take($0) }
        }
    }
}
