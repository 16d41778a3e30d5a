// A file of its own: one table for decoding and for finding recordings.

/// The containers that can be decoded: ffmpeg's names of them, and the file extensions that count as audio or video in a folder.
///
/// A file's decoder depends on its content; its extension only decides whether it is found in a folder. One table serves both, so that every file that
/// can be decoded when named is also found. libsndfile takes precedence where it reads a format of the table; it reads no others.
enum MediaContainers {
    /// ffmpeg ignores names that it does not know. The extension `ts` is missing, because it is usually TypeScript.
    private static let table: [(name: String, endings: String)] = [
        ("aac", "aac adts"), ("ac3", "ac3"), ("aiff", "aif aiff aifc"), ("amr", "amr"), ("amrnb", ""), ("amrwb", "awb"), ("ape", "ape"),
        ("asf", "asf wma wmv"), ("au", "au snd"), ("avi", "avi divx"), ("caf", "caf"), ("dsf", "dsf"), ("dts", "dts"), ("dtshd", "dtshd"),
        ("dv", "dv dif"), ("eac3", "eac3 ec3"), ("flac", "flac"), ("flv", "flv"), ("g722", "g722"), ("gsm", "gsm"), ("ilbc", "lbc"),
        ("ircam", "sf ircam"), ("loas", "loas latm"), ("matroska", "mka mkv mk3d weba webm"), ("mlp", "mlp"),
        ("mov", "3g2 3ga 3gp 3gpp 3gpp2 f4a f4b f4v m4a m4b m4r m4v mov mp4 qt"), ("mp3", "m2a mp1 mp2 mp3 mpa mpga"), ("mpc", "mpc"),
        ("mpc8", ""), ("mpeg", "mpeg mpg m2p vob"), ("mpegts", "m2t m2ts mts"), ("mxf", "mxf"), ("nistsphere", "nist sph"), ("nsv", "nsv"),
        ("nut", "nut"), ("ogg", "oga ogg ogm ogv ogx opus spx"), ("oma", "aa3 oma omg"), ("qcp", "qcp"), ("rm", "ra rm rmvb"),
        ("sox", "sox"), ("tak", "tak"), ("truehd", "thd truehd"), ("tta", "tta"), ("voc", "voc"), ("w64", "w64"),
        ("wav", "bwf rf64 wav wave"),
        ("wsd", "wsd"), ("wtv", "wtv"), ("wv", "wv"), ("xwma", "xwm xwma"),
    ]

    /// Value of ffmpeg's `-format_whitelist`.
    static let ffmpegNames = table.map(\.name).joined(separator: ",")

    /// In lower case.
    static let endings = Set(table.flatMap { $0.endings.split(separator: " ").map(String.init) })
}
