/// What the header of a recording promises of its length, against the bytes that are there.
///
/// libsndfile takes what there is of a file that was cut without an error, so the file is examined first.
enum Completeness: Equatable {
    /// As promised, or nothing is promised; so too for formats that are not looked into here (FLAC counts its frames itself).
    case complete
    /// Cut off. For uncompressed sound: the part of the promised bytes that is there.
    case cut(part: Double?)
    /// The length in the header was never filled in or is wrong: libsndfile would believe it and read too little.
    case unreliable

    /// Looks at the header, and for Ogg at the last page.
    init(of file: InputFile) {
        let start = file.bytes(at: 0, count: 16)
        switch (start.text(at: 0), start.text(at: 8)) {
        case ("RIFF", "WAVE"): self = Self.chunks(of: file, .riff)
        case ("RF64", "WAVE"), ("BW64", "WAVE"): self = Self.chunks(of: file, .riff)
        case ("RIFX", "WAVE"): self = Self.chunks(of: file, .rifx)
        case ("FORM", "AIFF"), ("FORM", "AIFC"): self = Self.chunks(of: file, .aiff)
        case ("riff", _): self = Self.chunks(of: file, .wave64)
        case ("caff", _): self = Self.chunks(of: file, .caf)
        case (".snd", _):
            self = Self.declared(
                start.integer(at: 8, bytes: 4, bigEndian: true), from: start.integer(at: 4, bytes: 4, bigEndian: true), file)
        case ("NIST", _): self = Self.sphere(file)
        case ("OggS", _): self = OggPages.completeness(of: file)
        default: self = MP3Header.looksLikeMP3(start) ? MP3Header.completeness(of: file) : .complete
        }
    }

    /// How a container frames its chunks: a name, a size, the content.
    private struct Layout {
        var first: Int
        var nameBytes = 4
        var sizeBytes = 4
        var bigEndian = false
        var sizeCountsHeader = false
        var alignment = 1
        var dataName = "data"

        static let riff = Layout(first: 12, alignment: 2)
        static let rifx = Layout(first: 12, bigEndian: true, alignment: 2)
        static let aiff = Layout(first: 12, bigEndian: true, alignment: 2, dataName: "SSND")
        /// Sony's Wave64: identifiers of 16 bytes that begin with RIFF's names.
        static let wave64 = Layout(first: 40, nameBytes: 16, sizeBytes: 8, sizeCountsHeader: true, alignment: 8)
        static let caf = Layout(first: 8, sizeBytes: 8, bigEndian: true)
    }

    private static func chunks(of file: InputFile, _ layout: Layout) -> Completeness {
        let header = layout.nameBytes + layout.sizeBytes
        var offset = layout.first
        var wideSize: Int?
        while offset + header <= file.size {
            let bytes = file.bytes(at: offset, count: header)
            var size = bytes.integer(at: layout.nameBytes, bytes: layout.sizeBytes, bigEndian: layout.bigEndian)
            if layout.sizeCountsHeader { size = max(0, size - header) }
            let content = offset + header
            if bytes.text(at: 0) == "ds64" {
                // RF64 keeps the size that does not fit into four bytes here (EBU Tech 3306).
                wideSize = file.bytes(at: content, count: 16).integer(at: 8, bytes: 8)
            }
            if bytes.text(at: 0) == layout.dataName {
                if size == 0xFFFF_FFFF, let wideSize { size = wideSize }
                if size == 0, layout.dataName == "data", neverFilledIn(after: content, file) { return .unreliable }
                return declared(size, from: content, file)
            }
            guard size < file.size else { return .complete }
            offset = (content + size + layout.alignment - 1) / layout.alignment * layout.alignment
        }
        return .complete
    }

    /// Whether what follows a data chunk of size 0 is sound: it is not where it is the next chunk, or nothing.
    private static func neverFilledIn(after content: Int, _ file: InputFile) -> Bool {
        let next = file.bytes(at: content, count: 8)
        if next.isEmpty { return false }
        return next.text(at: 0).isEmpty || next.integer(at: 4, bytes: 4) > file.size - content - 8
    }

    /// A writer into a pipe cannot go back to fill in the length, and leaves the largest number that it knows.
    private static func isUnknown(_ size: Int) -> Bool {
        [0x7FFF_0000...0x8000_FFFF, 0xFFFF_0000...0xFFFF_FFFF, 1 << 48...Int.max].contains { $0.contains(size) }
    }

    /// Some writers count their header in; 64 bytes are 2 ms at 16 kHz and 16 bits.
    private static let tolerance = 64

    private static func declared(_ size: Int, from offset: Int, _ file: InputFile) -> Completeness {
        let there = max(0, file.size - offset)
        return size <= there + tolerance || isUnknown(size) ? .complete : .cut(part: Double(there) / Double(size))
    }

    /// NIST SPHERE: the header is text and counts the samples.
    private static func sphere(_ file: InputFile) -> Completeness {
        let lines = String(decoding: file.bytes(at: 0, count: 1024), as: UTF8.self).split(separator: "\n")
        func value(_ name: String) -> Substring? {
            lines.first { $0.hasPrefix(name + " -") }?.split(separator: " ").last
        }
        // Shorten and others are compressed: their bytes cannot be counted out.
        guard lines.count > 1, let header = Int(lines[1].filter(\.isNumber)),
            ["pcm", "ulaw", "alaw", nil].contains(value("sample_coding")),
            let samples = value("sample_count").flatMap({ Int($0) }), let width = value("sample_n_bytes").flatMap({ Int($0) })
        else { return .complete }
        let channels = value("channel_count").flatMap { Int($0) } ?? 1
        let (perFrame, overflow) = width.multipliedReportingOverflow(by: channels)
        let (size, overflows) = samples.multipliedReportingOverflow(by: perFrame)
        return overflow || overflows ? .complete : declared(size, from: header, file)
    }
}

/// The pages of an Ogg file: whether the last one is whole.
///
/// Source: RFC 3533, section 6.
enum OggPages {
    /// A page has at most 27 + 255 + 255 · 255 bytes, so the last one begins within that distance of the end.
    private static let longestPage = 65_307

    static func completeness(of file: InputFile) -> Completeness {
        let offset = max(0, file.size - longestPage)
        let bytes = file.bytes(at: offset, count: longestPage)
        let mark = Array("OggS".utf8)
        var last = bytes.count - mark.count
        while last >= 0, bytes[last] != mark[0] || Array(bytes[last..<last + mark.count]) != mark {
            last -= 1
        }
        // Something that is no Ogg follows the pages.
        guard last >= 0 else { return .complete }
        let segments = bytes.integer(at: last + 26, bytes: 1)
        let table = last + 27
        guard table <= bytes.count, table + segments <= bytes.count else { return .cut(part: nil) }
        let end = table + segments + bytes[table..<table + segments].reduce(0) { $0 + Int($1) }
        return end > bytes.count ? .cut(part: nil) : .complete
    }
}
