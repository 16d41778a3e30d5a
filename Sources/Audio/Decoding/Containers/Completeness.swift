/// What the header of a recording declares about its length, compared with the bytes that are there.
///
/// libsndfile reads what there is of a truncated file without an error, so the file is examined first.
enum Completeness: Equatable {
    /// As declared, or nothing is declared; also for formats that are not examined here (FLAC counts its frames itself).
    case complete
    /// The sound lies where the chunks of the container say.
    case mapped(SoundMap)
    /// Cut off.
    case cut
    /// Something within the file was lost.
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
