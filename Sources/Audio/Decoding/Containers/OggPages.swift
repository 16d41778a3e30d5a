/// The pages of an Ogg file.
///
/// Source: RFC 3533, section 6.
enum OggPages {
    /// A page has at most 27 + 255 + 255 · 255 bytes, so the last one begins within that distance of the end.
    private static let longestPage = 65_307

    /// Where the links of a chain begin: at the first of the pages that open streams.
    static func links(_ file: InputFile) -> [Int] {
        var starts = [0]
        var isOpening = true
        var offset = 0
        while case let page = file.bytes(at: offset, count: 27 + 255), page.count >= 27 {
            guard page.text(at: 0) == "OggS" else {
                // Something was lost or put in between.
                guard let next = file.find("OggS", in: offset..<min(file.size, offset + longestPage), where: { _ in true }) else { break }
                offset = next
                continue
            }
            let opens = page[5] & 2 != 0
            if opens, !isOpening { starts.append(offset) }
            isOpening = opens
            let segments = Int(page[26])
            offset += 27 + segments + page[27..<min(27 + segments, page.count)].reduce(0) { $0 + Int($1) }
        }
        return starts
    }

    /// Whether the last page is there to its end.
    static func lastIsWhole(_ file: InputFile) -> Bool {
        let offset = max(0, file.size - longestPage)
        let bytes = file.bytes(at: offset, count: longestPage)
        let mark = Array("OggS".utf8)
        var last = bytes.count - mark.count
        while last >= 0, bytes[last] != mark[0] || Array(bytes[last..<last + mark.count]) != mark {
            last -= 1
        }
        // Something that is not Ogg follows the pages.
        guard last >= 0 else { return true }
        let segments = bytes.integer(at: last + 26, bytes: 1)
        let table = last + 27
        guard table <= bytes.count, table + segments <= bytes.count else { return false }
        let end = table + segments + bytes[table..<table + segments].reduce(0) { $0 + Int($1) }
        return end <= bytes.count
    }
}
