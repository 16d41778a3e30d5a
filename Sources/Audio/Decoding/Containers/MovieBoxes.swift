/// The boxes at the top level of MP4 and QuickTime files.
///
/// Source: ISO/IEC 14496-12, section 4.2.
enum MovieBoxes {
    /// Where files begin: at each `ftyp`. ffmpeg reads the first of several only.
    static func files(_ file: InputFile) -> [Int] {
        var starts: [Int] = []
        var offset = 0
        while case let head = file.bytes(at: offset, count: 16), head.count >= 8, case let name = head.text(at: 4), !name.isEmpty {
            var size = head.integer(at: 0, bytes: 4, bigEndian: true)
            if size == 1 { size = head.integer(at: 8, bytes: 8, bigEndian: true) }
            if name == "ftyp" { starts.append(offset) }
            // 0: to the end of the file.
            guard size >= 8, size < file.size - offset else { break }
            offset += size
        }
        return starts
    }
}
