/// The header before the samples of a WAV file or stream.
///
/// Source: Microsoft and IBM, *Multimedia Programming Interface and Data Specifications 1.0* (1991).
struct WaveHeader {
    let sampleRate: Int
    let channels: Int
    let bytesPerFrame: Int
    /// Start of the samples in bytes.
    let dataOffset: Int

    /// Reads the header at the beginning of `bytes`; nil if it is incomplete or not a WAV header.
    init?(_ bytes: [UInt8]) {
        var format: (channels: Int, sampleRate: Int, bytesPerFrame: Int)?
        var offset = 12
        guard bytes.count >= offset, bytes.text(at: 0) == "RIFF", bytes.text(at: 8) == "WAVE" else { return nil }
        while offset + 8 <= bytes.count {
            let content = offset + 8
            if bytes.text(at: offset) == "data" {
                guard let format else { return nil }
                (channels, sampleRate, bytesPerFrame) = format
                dataOffset = content
                return
            }
            let size = bytes.integer(at: offset + 4, bytes: 4)
            if bytes.text(at: offset) == "fmt " {
                guard size >= 16, content + 16 <= bytes.count else { return nil }
                format = (
                    bytes.integer(at: content + 2, bytes: 2), bytes.integer(at: content + 4, bytes: 4),
                    bytes.integer(at: content + 12, bytes: 2)
                )
            }
            // Chunks begin at even offsets.
            offset = content + size + size % 2
        }
        return nil
    }
}
