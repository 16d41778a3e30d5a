/// Additions to recordings that are not audio: ID3, APE and Lyrics3 tags, zeros, text.
enum Tags {
    /// The first byte from `start` on that is neither a tag nor padding; nil if there is nothing else, or too little to be audible.
    static func firstOther(in file: InputFile, from start: Int) -> Int? {
        var offset = start
        while offset < file.size {
            let head = file.bytes(at: offset, count: 32)
            if let size = sizeOfID3(head) {
                offset += size
            } else if head.starts(with: Array("APETAGEX".utf8)), head.count == 32 {
                // The size includes the footer and excludes the header.
                offset += head.integer(at: 12, bytes: 4) + 32
            } else if head.starts(with: Array("TAG".utf8)), file.size - offset == 128 || file.size - offset == 128 + 227 {
                return nil
            } else if head.starts(with: Array("LYRICSBEGIN".utf8)) {
                return nil
            } else {
                break
            }
        }
        guard file.size - offset >= smallest, let sound = firstNonZero(in: file, from: offset), !isText(file, from: sound) else {
            return nil
        }
        return offset
    }

    /// Start of the tags at the end of the file, and of WAV chunks after audio that the header does not count.
    static func trailing(in file: InputFile) -> Int {
        var end = file.size
        if file.bytes(at: end - 128, count: 128).starts(with: Array("TAG".utf8)) { end -= 128 }
        let footer = file.bytes(at: end - 32, count: min(32, max(0, end)))
        if footer.starts(with: Array("APETAGEX".utf8)) {
            let size = footer.integer(at: 12, bytes: 4) + (footer.integer(at: 20, bytes: 4) >> 31 == 1 ? 32 : 0)
            if size < end { end -= size }
        }
        return trailingChunk(in: file, before: end) ?? end
    }

    /// The bytes of the ID3v2 tags at the beginning. Source: ID3v2.4 structure, section 3.1.
    static func leadingID3(in file: InputFile) -> Int {
        var offset = 0
        while let size = sizeOfID3(file.bytes(at: offset, count: 10)) { offset += size }
        return offset
    }

    // MARK: -

    /// Fewer bytes are ignored: 2 ms at 16 kHz and 16 bits.
    private static let smallest = 64
    /// Search range before the end for a chunk after the audio, in bytes.
    private static let reach = 1 << 16

    private static func sizeOfID3(_ head: [UInt8]) -> Int? {
        guard head.count >= 10, head.starts(with: Array("ID3".utf8)), head[3] < 0xFF, head[4] < 0xFF, head[6..<10].allSatisfy({ $0 < 0x80 })
        else { return nil }
        return 10 + head[6..<10].reduce(0) { $0 << 7 | Int($1) } + (head[5] & 0x10 != 0 ? 10 : 0)
    }

    private static func firstNonZero(in file: InputFile, from start: Int) -> Int? {
        var offset = start
        while case let bytes = file.bytes(at: offset, count: 1 << 16), !bytes.isEmpty {
            if let place = bytes.firstIndex(where: { $0 != 0 }) { return offset + place }
            offset += bytes.count
        }
        return nil
    }

    private static func isText(_ file: InputFile, from start: Int) -> Bool {
        file.bytes(at: start, count: 512).allSatisfy { (0x20..<0x7F).contains($0) || [0x09, 0x0A, 0x0D].contains($0) || $0 == 0 }
    }

    /// A chunk of text or ID3 that ends at the expected end of the audio.
    private static func trailingChunk(in file: InputFile, before end: Int) -> Int? {
        let start = max(0, end - reach)
        let bytes = file.bytes(at: start, count: end - start)
        for name in ["LIST", "id3 ", "ID3 ", "bext", "iXML", "_PMX"] {
            var from = 0
            while let place = bytes.firstIndex(of: Array(name.utf8), from: from) {
                let size = bytes.integer(at: place + 4, bytes: 4)
                if (0...1).contains(start + place + 8 + size - end + (size % 2)) || start + place + 8 + size == end { return start + place }
                from = place + 1
            }
        }
        return nil
    }
}
