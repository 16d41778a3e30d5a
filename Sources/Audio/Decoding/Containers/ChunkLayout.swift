/// The layout of a container's chunks: a name, a size, the content.
struct ChunkLayout {
    var first: Int
    var nameBytes = 4
    var sizeBytes = 4
    var bigEndian = false
    var sizeCountsHeader = false
    var alignment = 1
    var dataName = "data"
    /// Number of bytes before the audio in the data chunk.
    var dataHeader = 0

    static let riff = ChunkLayout(first: 12, alignment: 2)
    static let rifx = ChunkLayout(first: 12, bigEndian: true, alignment: 2)
    static let aiff = ChunkLayout(first: 12, bigEndian: true, alignment: 2, dataName: "SSND", dataHeader: 8)
    /// Sony's Wave64: identifiers of 16 bytes that begin with RIFF's names.
    static let wave64 = ChunkLayout(first: 40, nameBytes: 16, sizeBytes: 8, sizeCountsHeader: true, alignment: 8)
    static let caf = ChunkLayout(first: 8, sizeBytes: 8, bigEndian: true, dataHeader: 4)

    struct Chunk {
        let name: String
        /// Start of its content in bytes.
        let content: Int
        /// Size of its content in bytes.
        let size: Int
    }

    /// The chunk at `offset`; nil at the end of the file, if there is none, and if another file begins there.
    func chunk(at offset: Int, in file: InputFile) -> Chunk? {
        let header = nameBytes + sizeBytes
        let bytes = file.bytes(at: offset, count: header)
        guard bytes.count == header, case let name = bytes.text(at: 0), !name.isEmpty, !FileStart.isFile(at: offset, in: file) else {
            return nil
        }
        var size = bytes.integer(at: nameBytes, bytes: sizeBytes, bigEndian: bigEndian)
        if sizeCountsHeader { size = max(0, size - header) }
        return Chunk(name: name, content: offset + header, size: size)
    }

    /// Start of the next chunk. Some writers forget to pad a chunk of odd size.
    func offset(after chunk: Chunk, size: Int, _ file: InputFile) -> Int {
        let (end, overflow) = chunk.content.addingReportingOverflow(size)
        guard !overflow, end < file.size else { return file.size }
        let aligned = (end + alignment - 1) / alignment * alignment
        return aligned != end && !isChunk(at: aligned, file) && isChunk(at: end, file) ? end : aligned
    }

    /// Start of the audio in the data chunk.
    func sound(in chunk: Chunk, _ file: InputFile) -> Int {
        // AIFF: the first four bytes are an offset, which is hardly ever used.
        let skipped = dataName == "SSND" ? file.bytes(at: chunk.content, count: 4).integer(at: 0, bytes: 4, bigEndian: true) : 0
        return chunk.content + dataHeader + (skipped < 1 << 16 ? skipped : 0)
    }

    /// Whether the data after a data chunk of size 0 is audio whose size was never filled in: not if it is a chunk or nothing.
    func isSound(from content: Int, _ file: InputFile) -> Bool {
        content < file.size && !isChunk(at: content, file) && Tags.firstOther(in: file, from: content) != nil
    }

    private func isChunk(at offset: Int, _ file: InputFile) -> Bool {
        guard let chunk = chunk(at: offset, in: file) else { return offset >= file.size || FileStart.isFile(at: offset, in: file) }
        return chunk.size <= file.size - chunk.content
    }
}
