/// The length header of an MP3: a first frame without audio that holds the numbers of frames and bytes.
///
/// An MP3 need not have one. libsndfile then estimates the length from the bit rate of the first frames and stops there: in one test, after
/// 17 of 80 seconds with variable rate. Such files are decoded by ffmpeg.
enum MP3Header {
    static func looksLikeMP3(_ start: [UInt8]) -> Bool {
        guard start.count >= 4 else { return false }
        return start[0..<3] == [0x49, 0x44, 0x33] || start[0] == 0xFF && start[1] & 0xE0 == 0xE0
    }

    static func completeness(of file: InputFile) -> Completeness {
        let frame = Tags.leadingID3(in: file)
        let start = file.bytes(at: frame, count: 256)
        // Another format may follow the tag.
        guard start.count >= 4, start[0] == 0xFF, start[1] & 0xE0 == 0xE0 else { return .complete }
        guard let promised = promisedBytes(start) else { return .unreliable }
        let there = file.size - frame
        // A frame has at most 1441 bytes in layer III; tags at the end are not counted.
        let tolerance = 2048
        if promised > there + tolerance { return .cut }
        // More than declared: concatenated files, of which libsndfile would read only the first.
        return promised + tolerance < there ? .unreliable : .complete
    }

    /// The bytes from the first frame on, if that frame is a Xing, Info or VBRI header with frames and bytes.
    private static func promisedBytes(_ frame: [UInt8]) -> Int? {
        for offset in 4..<max(4, frame.count - 18) {
            switch frame.text(at: offset) {
            case "Xing", "Info":
                guard frame.integer(at: offset + 4, bytes: 4, bigEndian: true) & 3 == 3 else { return nil }
                return frame.integer(at: offset + 12, bytes: 4, bigEndian: true)
            case "VBRI":
                return frame.integer(at: offset + 10, bytes: 4, bigEndian: true)
            default:
                continue
            }
        }
        return nil
    }
}
