/// The pages of an Ogg file: whether the last one is whole.
///
/// Source: RFC 3533, section 6.
enum OggPages {
    /// A page has at most 27 + 255 + 255 · 255 bytes, so the last one begins within so many bytes of the end.
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
