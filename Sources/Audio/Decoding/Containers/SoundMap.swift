/// The position of the audio in a file whose container declares it in bytes: WAV and its variants, AIFF, AU, CAF, SPHERE.
struct SoundMap: Equatable {
    /// Bytes of audio that the header declares; nil if the length was never filled in, as in a pipe.
    private(set) var declared: Int?
    /// Ranges of audio in order, limited to the file.
    private(set) var ranges: [Range<Int>] = []
    /// End of the last chunk of the container. Tags, another file, or audio that the header does not count may follow.
    private(set) var end: Int

    /// The map of the first recording in the file; nil for other containers and without audio.
    init?(of file: InputFile) {
        let start = file.bytes(at: 0, count: 16)
        switch (start.text(at: 0), start.text(at: 8)) {
        case ("RIFF", "WAVE"), ("RF64", "WAVE"), ("BW64", "WAVE"): self.init(.riff, file)
        case ("RIFX", "WAVE"): self.init(.rifx, file)
        case ("FORM", "AIFF"), ("FORM", "AIFC"): self.init(.aiff, file)
        case ("riff", _): self.init(.wave64, file)
        case ("caff", _): self.init(.caf, file)
        case (".snd", _):
            let size = start.integer(at: 8, bytes: 4, bigEndian: true)
            self.init(declared: size, from: start.integer(at: 4, bytes: 4, bigEndian: true), file)
        case ("NIST", _): self.init(sphere: file)
        default: return nil
        }
    }

    /// The fraction of the declared bytes in the file; nil if it is complete.
    var partThere: Double? {
        guard let declared, declared > there + Self.tolerance else { return nil }
        return Double(there) / Double(declared)
    }

    /// Bytes of audio in the file.
    var there: Int { ranges.reduce(0) { $0 + $1.count } }

    /// Tolerance for writers that count the header; 64 bytes are 2 ms at 16 kHz and 16 bits.
    private static let tolerance = 64

    /// Placeholder sizes of writers that cannot seek back to fill in the length: their largest number.
    /// The second range is SoX's in AIFF.
    private static let unknownSizes = [
        0x7FFF_0000...0x8000_FFFF, 0x7F00_0000...0x7F00_FFFF, 0xFFFF_0000...0xFFFF_FFFF, 1 << 48...Int.max,
    ]

    private static func isUnknown(_ size: Int, from content: Int, _ file: InputFile) -> Bool {
        size > file.size - content && unknownSizes.contains { $0.contains(size) }
    }

    // MARK: - Chunks

    private init?(_ layout: ChunkLayout, _ file: InputFile) {
        end = layout.first
        var wideSize: Int?
        var total = 0
        var offset = layout.first
        while let chunk = layout.chunk(at: offset, in: file) {
            var size = chunk.size
            if chunk.name == "ds64" {
                // RF64 stores sizes above four bytes here (EBU Tech 3306).
                wideSize = file.bytes(at: chunk.content, count: 16).integer(at: 8, bytes: 8)
            }
            if chunk.name == layout.dataName {
                if size == 0xFFFF_FFFF, let wideSize { size = wideSize }
                let content = layout.sound(in: chunk, file)
                if Self.isUnknown(size, from: chunk.content, file) || size == 0 && layout.isSound(from: content, file) {
                    ranges.append(min(content, file.size)..<file.size)
                    end = file.size
                    return
                }
                let (after, overflow) = chunk.content.addingReportingOverflow(size)
                let bound = max(content, overflow ? .max : after)
                total += bound - content
                ranges.append(min(content, file.size)..<min(bound, file.size))
            } else if size > file.size - chunk.content {
                break
            }
            (offset, end) = (layout.offset(after: chunk, size: size, file), min(chunk.content + size, file.size))
            guard offset < file.size else { break }
        }
        guard !ranges.isEmpty else { return nil }
        declared = total
    }

    // MARK: - Without chunks

    private init(declared size: Int, from offset: Int, _ file: InputFile) {
        let begin = min(offset, file.size)
        if Self.isUnknown(size, from: offset, file) || size == 0 {
            end = file.size
        } else {
            declared = size
            end = min(offset + size, file.size)
        }
        ranges = [begin..<end]
    }

    /// NIST SPHERE: the header is text and counts the samples.
    private init?(sphere file: InputFile) {
        let lines = String(decoding: file.bytes(at: 0, count: 1024), as: UTF8.self).split(separator: "\n")
        func value(_ name: String) -> Substring? {
            lines.first { $0.hasPrefix(name + " -") }?.split(separator: " ").last
        }
        // Shorten and others are compressed, so bytes do not give the length.
        guard lines.count > 1, let header = Int(lines[1].filter(\.isNumber)),
            ["pcm", "ulaw", "alaw", nil].contains(value("sample_coding")), let width = value("sample_n_bytes").flatMap({ Int($0) })
        else { return nil }
        let samples = value("sample_count").flatMap { Int($0) } ?? 0
        let channels = value("channel_count").flatMap { Int($0) } ?? 1
        let (perFrame, overflow) = width.multipliedReportingOverflow(by: channels)
        let (size, overflows) = samples.multipliedReportingOverflow(by: perFrame)
        guard !overflow, !overflows, header >= 0, size >= 0, size < Int.max / 2 else { return nil }
        self.init(declared: size, from: header, file)
    }
}
