/// The elements at the top level of Matroska and WebM files.
///
/// Source: RFC 8794 (EBML), sections 4 to 6; RFC 9559, section 5.
enum MatroskaElements {
    /// The identifier of the header.
    static let mark: [UInt8] = [0x1A, 0x45, 0xDF, 0xA3]

    /// Where files begin: at each header, as far as sizes are known.
    static func files(_ file: InputFile) -> [Int] {
        var starts: [Int] = []
        var offset = 0
        while case let head = file.bytes(at: offset, count: 12), head.count >= 5 {
            if head.starts(with: mark) { starts.append(offset) }
            let identifier = max(1, head[0].leadingZeroBitCount + 1)
            guard identifier <= 4, let size = size(head, at: identifier), size < file.size - offset else { break }
            offset += size
        }
        return starts
    }

    /// Bytes of the whole element, from its size at `place`; nil where it is unknown, as in live streams.
    private static func size(_ head: [UInt8], at place: Int) -> Int? {
        let width = head[place].leadingZeroBitCount + 1
        guard width <= 8, place + width <= head.count else { return nil }
        let bits = head.integer(at: place, bytes: width, bigEndian: true)
        let largest = 1 << (7 * width) - 1
        let content = bits & largest
        return content == largest ? nil : place + width + content
    }
}
