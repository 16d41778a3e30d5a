import StimmungSupport

/// The `ffmpeg` program and how it is called: decodes what libsndfile does not know, as a child process.
package struct FFmpeg: Sendable {
    package var program: String
    /// Folders to look for the program in, separated by colons, as in the variable `PATH`.
    package var searchPath: String
    /// The longest silence before the child is given up, in seconds.
    package var stallLimit: Double

    package init(
        program: String = "ffmpeg", searchPath: String = ProgramSearch.standardPath, stallLimit: Double = 30
    ) {
        self.program = program
        self.searchPath = searchPath
        self.stallLimit = stallLimit
    }

    /// The path of the program; `nil` if it is not installed.
    package var executable: String? { ProgramSearch.find(program, in: searchPath) }

    /// Decodes the first audio stream of the file to WAV of Float32 on standard output, with the channels and the rate of the file.
    ///
    /// The file is named with its protocol, so that neither a leading `-` nor a name that looks like an address means anything else.
    /// A hostile file can reach no network (protocols) and make no playlist, script or picture of itself (formats).
    static func arguments(decoding file: InputFile) -> [String] {
        input(file) + [
            "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-fflags", "+bitexact",
            "-c:a", "pcm_f32le",
        ] + (StreamStart.hasTimes(file) ? ["-af", fillingGaps] : []) + ["-f", "wav", "pipe:1"]
    }

    /// Prints the time of the first sample on standard output, as `pts_time:4.087`. Time 0 is where the first of the streams begins.
    ///
    /// The film is part of the output because of MPEG streams: there, ffmpeg takes the first of the streams in use for the beginning.
    static func arguments(findingStartOf file: InputFile) -> [String] {
        input(file) + [
            "-map", "0:a:0", "-map", "0:v?", "-c:v", "copy", "-frames:a", "1", "-frames:v", "1", "-af",
            "ametadata=mode=add:key=x:value=1,ametadata=mode=print:file=-", "-f", "null", "/dev/null",
        ]
    }

    private static func input(_ file: InputFile) -> [String] {
        let place = file.isWhole ? "" : "subfile,,start,\(file.base),end,\(file.base + file.size),,:"
        return [
            "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe,subfile", "-format_whitelist", formats,
            "-i", "\(place)file:\(file.path)",
        ]
    }

    /// Silence where the stream has a gap of more than 0.1 s, so that what follows keeps its time. No sample is dropped or changed.
    ///
    /// `asetpts` moves no time back, as `aresample` would cut out what overlaps, and takes a gap of more than an hour for an error.
    /// Where the format changes within the stream, both begin again, and only a gap at that place is lost.
    private static let fillingGaps =
        "asetpts=STARTPTS+NB_CONSUMED_SAMPLES+st(0\\,if(isnan(PTS)+gt(\(gap)-ld(0)\\,3600*SR)\\,ld(0)\\,max(ld(0)\\,\(gap))))"
        + ",aresample=async=1"
    private static let gap = "PTS-STARTPTS-NB_CONSUMED_SAMPLES"

    /// Containers that hold audio or film, by ffmpeg's names. An ffmpeg without one of them does not mind.
    private static let formats = [
        "aac", "ac3", "aiff", "amr", "amrnb", "amrwb", "ape", "asf", "au", "avi", "caf", "dsf", "dts", "dtshd", "dv", "eac3", "flac",
        "flv", "g722", "gsm", "ilbc", "ircam", "loas", "matroska", "mlp", "mov", "mp3", "mpc", "mpc8", "mpeg", "mpegts", "mxf",
        "nistsphere", "nsv", "nut", "ogg", "oma", "qcp", "rm", "sox", "tak", "truehd", "tta", "voc", "w64", "wav", "wsd", "wtv", "wv",
        "xwma",
    ].joined(separator: ",")
}
