/// The length that the header of a recording declares, compared with the bytes in the file.
///
/// libsndfile reads a truncated file without an error, so the file is examined first.
enum Completeness: Equatable {
    /// The length is as declared or not declared; also for formats that are not examined here (FLAC counts its frames itself).
    case complete
    /// The chunks of the container locate the audio.
    case mapped(SoundMap)
    /// The file is truncated.
    case cut
    /// Data within the file is missing.
    case damaged
    /// The length in the header is wrong, and libsndfile would read too little.
    case unreliable

    init(of file: InputFile) {
        if let map = SoundMap(of: file) {
            self = .mapped(map)
            return
        }
        let start = file.bytes(at: 0, count: 16)
        if start.text(at: 0) == "OggS" {
            self = !OggPages.lastIsWhole(file) ? .cut : OggPages.areContinuous(file) ? .complete : .damaged
        } else {
            self = MP3Header.looksLikeMP3(start) ? MP3Header.completeness(of: file) : .complete
        }
    }
}
