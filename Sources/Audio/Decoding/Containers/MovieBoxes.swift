/// The boxes of MP4 and QuickTime files.
///
/// Source: ISO/IEC 14496-12, section 4.2.
enum MovieBoxes {
    /// Starts of files: each `ftyp`. ffmpeg reads only the first of several files.
    static func files(_ file: InputFile) -> [Int] {
        boxes(in: 0..<file.size, file).filter { $0.name == "ftyp" }.map(\.start)
    }

    /// The number of tracks; nil without a table of tracks.
    static func tracks(_ file: InputFile) -> Int? {
        boxes(in: 0..<file.size, file).first { $0.name == "moov" }.map { movie in
            boxes(in: movie.start + 8..<movie.end, file).count { $0.name == "trak" }
        }
    }

    private struct Box {
        let name: String
        let start: Int
        let end: Int
    }

    private static func boxes(in range: Range<Int>, _ file: InputFile) -> [Box] {
        var boxes: [Box] = []
        var offset = range.lowerBound
        while offset < range.upperBound, case let head = file.bytes(at: offset, count: 16), head.count >= 8, !head.text(at: 4).isEmpty {
            var size = head.integer(at: 0, bytes: 4, bigEndian: true)
            if size == 1 { size = head.integer(at: 8, bytes: 8, bigEndian: true) }
            // 0: to the end of the file.
            let isLast = size < 8 || size >= range.upperBound - offset
            let end = isLast ? range.upperBound : offset + size
            boxes.append(Box(name: head.text(at: 4), start: offset, end: end))
            offset = end
        }
        return boxes
    }
}
