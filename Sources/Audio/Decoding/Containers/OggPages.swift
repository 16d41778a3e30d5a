/// The pages of an Ogg file.
///
/// Source: RFC 3533, section 6.
enum OggPages {
    /// A page has at most 27 + 255 + 255 · 255 bytes, so the last one begins within that distance of the end.
    private static let longestPage = 65_307

    /// Starts of the links of a chain: the first of the pages that open streams.
    static func links(_ file: InputFile) -> [Int] {
        var starts = [0]
        var isOpening = true
        _ = pages(file) { page, offset, _ in
            let opens = page[5] & 2 != 0
            if opens, !isOpening { starts.append(offset) }
            isOpening = opens
        }
        return starts
    }

    /// Whether the pages of each stream are consecutive, and only tags follow the last one.
    static func areContinuous(_ file: InputFile) -> Bool {
        var next: [Int: Int] = [:]
        var areContinuous = true
        let end = pages(file) { page, _, hasLost in
            let (stream, number) = (page.integer(at: 14, bytes: 4), page.integer(at: 18, bytes: 4))
            if hasLost || next[stream] ?? number != number { areContinuous = false }
            next[stream] = (number + 1) & 0xFFFF_FFFF
        }
        return areContinuous && Tags.firstOther(in: file, from: end) == nil
    }

    /// Calls the closure with the header of each page, its start, and whether bytes were skipped to find it.
    ///
    /// - Returns: the end of the last page.
    private static func pages(_ file: InputFile, _ body: ([UInt8], Int, Bool) -> Void) -> Int {
        var offset = 0
        var hasLost = false
        while case let page = file.bytes(at: offset, count: 27 + 255), page.count >= 27 {
            guard page.text(at: 0) == "OggS" else {
                guard let next = file.find("OggS", in: offset..<min(file.size, offset + reach), where: { _ in true }) else { return offset }
                (offset, hasLost) = (next, true)
                continue
            }
            body(page, offset, hasLost)
            hasLost = false
            let segments = Int(page[26])
            offset += 27 + segments + page[27..<min(27 + segments, page.count)].reduce(0) { $0 + Int($1) }
        }
        return min(offset, file.size)
    }

    /// Search range for the next page if one is missing, in bytes.
    private static let reach = 1 << 20

    /// Whether the last page is complete.
    static func lastIsWhole(_ file: InputFile) -> Bool {
        let offset = max(0, file.size - longestPage)
        let bytes = file.bytes(at: offset, count: longestPage)
        let mark = Array("OggS".utf8)
        var last = bytes.count - mark.count
        while last >= 0, bytes[last] != mark[0] || Array(bytes[last..<last + mark.count]) != mark {
            last -= 1
        }
        // Other data follows the pages.
        guard last >= 0 else { return true }
        let segments = bytes.integer(at: last + 26, bytes: 1)
        let table = last + 27
        guard table <= bytes.count, table + segments <= bytes.count else { return false }
        let end = table + segments + bytes[table..<table + segments].reduce(0) { $0 + Int($1) }
        return end <= bytes.count
    }
}
