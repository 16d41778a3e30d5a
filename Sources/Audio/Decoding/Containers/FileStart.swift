/// The beginnings of files, to find recordings within a file made with `cat`.
enum FileStart {
    /// Whether a recording in a format of libsndfile begins at `offset`.
    static func isFile(at offset: Int, in file: InputFile) -> Bool {
        let head = file.bytes(at: offset, count: 24)
        guard head.count == 24 else { return false }
        switch head.text(at: 0) {
        case "RIFF", "RIFX", "RF64", "BW64": return head.text(at: 8) == "WAVE" && !head.text(at: 12).isEmpty
        case "FORM": return ["AIFF", "AIFC"].contains(head.text(at: 8)) && !head.text(at: 12).isEmpty
        case "riff": return Array(head[4..<16]) == wave64
        case "caff": return Array(head[4..<8]) == [0, 1, 0, 0]
        case ".snd":
            let fields = stride(from: 4, to: 24, by: 4).map { head.integer(at: $0, bytes: 4, bigEndian: true) }
            return (24...1 << 16).contains(fields[0]) && (1...27).contains(fields[2]) && sampleRates.contains(fields[3])
                && (1...256).contains(fields[4])
        case "NIST": return head.starts(with: Array("NIST_1A\n".utf8))
        case "fLaC": return head[4] & 0x7F == 0 && Array(head[5..<8]) == [0, 0, 34]
        case "OggS": return head[4] == 0 && head[5] & 2 != 0
        default: return false
        }
    }

    /// The rest of the identifier of a Wave64 file.
    private static let wave64: [UInt8] = [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0]
}
