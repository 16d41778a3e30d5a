import Foundation
import StimmungSupport
import StimmungTensors

/// The file format of the feature cache.
///
/// Layout: 8 bytes `stimfeat`, 16 bytes key, 16 bytes hash of the rest, the numbers of rows and columns as UInt64, then the elements as
/// Float, row by row; all little-endian. Files are not synced to disk: the hash reveals a file damaged by a system crash.
enum FeatureCacheFile {
    private static let magic = Array("stimfeat".utf8)
    /// Bytes before the hashed part.
    private static let prefix = 40
    /// Bytes before the elements.
    private static let header = prefix + 16

    /// The features in a file; nil if it is missing, damaged or larger than `limit` bytes.
    static func read(_ path: String, key: ContentHash, limit: Int) -> Matrix? {
        guard let descriptor = try? Files.open(path, O_RDONLY | O_NOFOLLOW) else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= header, status.st_size <= limit
        else { return nil }
        let features = read(descriptor, size: Int(status.st_size), key: key)
        // Record the time of last use for `FeatureCacheFolder`. If this fails, files are removed in order of age.
        if features != nil { futimens(descriptor, nil) }
        return features
    }

    /// Reads the header, then the elements straight into their array.
    private static func read(_ descriptor: Int32, size: Int, key: ContentHash) -> Matrix? {
        withUnsafeTemporaryAllocation(byteCount: header, alignment: 16) { start -> Matrix? in
            guard readAll(descriptor, into: start) == header else { return nil }
            func word(_ offset: Int) -> UInt64 { UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
            guard start.prefix(magic.count).elementsEqual(magic), word(8) == key.first, word(16) == key.second,
                let rows = Int(exactly: word(prefix)), let columns = Int(exactly: word(prefix + 8))
            else { return nil }
            let (count, overflows) = rows.multipliedReportingOverflow(by: columns)
            guard !overflows, count == (size - header) / 4, (size - header).isMultiple(of: 4) else { return nil }
            var content: ContentHash?
            let elements = [Float](unsafeUninitializedCapacity: count) { elements, filled in
                let bytes = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(elements)[..<(4 * count)])
                guard readAll(descriptor, into: bytes) == bytes.count else { return }
                filled = count
                var stream = ContentHash.Stream()
                stream.take(UnsafeRawBufferPointer(rebasing: start[prefix...]))
                content = stream.finish(UnsafeRawBufferPointer(bytes))
            }
            guard let content, word(24) == content.first, word(32) == content.second else { return nil }
            return Matrix(rows: rows, columns: columns, elements: elements)
        }
    }

    /// Writes features and returns the file's size in bytes.
    static func write(_ features: Matrix, key: ContentHash, to path: String) throws(AtomicFile.Failure) -> Int {
        var body = Data(capacity: header - prefix + 4 * features.elements.count)
        func append(_ word: UInt64, to data: inout Data) { withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) } }
        append(UInt64(features.rows), to: &body)
        append(UInt64(features.columns), to: &body)
        features.elements.withUnsafeBytes { body.append(contentsOf: $0) }
        let hash = body.withUnsafeBytes { ContentHash($0) }
        var data = Data(magic)
        for word in [key.first, key.second, hash.first, hash.second] { append(word, to: &data) }
        data.append(body)
        try AtomicFile.write(data, to: path, waitsForDisk: false)
        return data.count
    }
}
