/// The elements of Matroska and WebM files.
///
/// Source: RFC 8794 (EBML), sections 4 to 6; RFC 9559, section 5.
enum MatroskaElements {
    /// The identifier of the header.
    static let mark: [UInt8] = [0x1A, 0x45, 0xDF, 0xA3]

    /// Starts of files: each header, as far as sizes are known.
    static func files(_ file: InputFile) -> [Int] {
        elements(in: 0..<file.size, file).filter { $0.identifier == header }.map(\.start)
    }

    /// The number of tracks; nil without a table of tracks.
    static func tracks(_ file: InputFile) -> Int? {
        elements(in: 0..<file.size, file).first { $0.identifier == segment }
            .flatMap { elements(in: $0.content..<$0.end, file, until: tracks).last { $0.identifier == tracks } }
            .map { table in elements(in: table.content..<table.end, file).count { $0.identifier == trackEntry } }
    }

    private static let header = 0x1A45_DFA3
    private static let segment = 0x1853_8067
    private static let tracks = 0x1654_AE6B
    private static let trackEntry = 0xAE

    private struct Element {
        let identifier: Int
        let start: Int
        let content: Int
        let end: Int
    }

    /// The elements in order, up to the first one named `last`.
    private static func elements(in range: Range<Int>, _ file: InputFile, until last: Int? = nil) -> [Element] {
        var elements: [Element] = []
        var offset = range.lowerBound
        while offset < range.upperBound, case let head = file.bytes(at: offset, count: 12), head.count >= 2 {
            let width = head[0].leadingZeroBitCount + 1
            guard width <= 4, width < head.count else { break }
            let sizeWidth = head[width].leadingZeroBitCount + 1
            guard sizeWidth <= 8, width + sizeWidth <= head.count else { break }
            let largest = 1 << (7 * sizeWidth) - 1
            let size = head.integer(at: width, bytes: sizeWidth, bigEndian: true) & largest
            let content = offset + width + sizeWidth
            // The largest size means unknown, as in live streams.
            let isLast = size == largest || size >= range.upperBound - content
            let end = isLast ? range.upperBound : content + size
            elements.append(
                Element(identifier: head.integer(at: 0, bytes: width, bigEndian: true), start: offset, content: min(content, end), end: end)
            )
            if elements.last?.identifier == last { break }
            offset = end
        }
        return elements
    }
}
