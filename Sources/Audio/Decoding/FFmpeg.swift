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
        let place = file.isWhole ? "" : "subfile,,start,\(file.base),end,\(file.base + file.size),,:"
        return [
            "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe,subfile", "-format_whitelist", formats,
            "-i", "\(place)file:\(file.path)",
            "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-fflags", "+bitexact", "-af", keepingTimes,
            "-c:a", "pcm_f32le", "-f", "wav", "pipe:1",
        ] + (isTransportStream(file) ? ["-map", "0:a:0", "-map", "0:v?", "-c", "copy", "-f", "null", "/dev/null"] : [])
    }

    /// Silence where the stream has none: before its first sample where another stream begins earlier, and in gaps. No sample is dropped or changed.
    ///
    /// `asetpts` moves no time back: an encoder's delay of up to 0.1 s at the beginning is not a gap, and overlaps are not cut out.
    /// `aresample` fills what is left, where it is more than 0.1 s.
    private static let keepingTimes =
        "asetpts=st(0\\,max(ld(0)\\,if(isnan(PTS)\\,ld(0)\\,PTS-if(lt(STARTT\\,0.1)\\,STARTPTS\\,0)-NB_CONSUMED_SAMPLES)))"
        + "+NB_CONSUMED_SAMPLES,aresample=async=1:first_pts=0"

    /// Of MPEG transport and program streams, ffmpeg takes the first of the streams in use for the beginning, so the film is copied into the void.
    private static func isTransportStream(_ file: InputFile) -> Bool {
        let start = file.bytes(at: 0, count: 400)
        guard start.count == 400 else { return false }
        return start[0] == 0x47 && start[188] == 0x47 || start[4] == 0x47 && start[196] == 0x47
            || start[0..<4] == [0, 0, 1, 0xBA]
    }

    /// Containers that hold audio or film, by ffmpeg's names. An ffmpeg without one of them does not mind.
    private static let formats = [
        "aac", "ac3", "aiff", "amr", "amrnb", "amrwb", "ape", "asf", "au", "avi", "caf", "dsf", "dts", "dtshd", "dv", "eac3", "flac",
        "flv", "g722", "gsm", "ilbc", "ircam", "loas", "matroska", "mlp", "mov", "mp3", "mpc", "mpc8", "mpeg", "mpegts", "mxf",
        "nistsphere", "nsv", "nut", "ogg", "oma", "qcp", "rm", "sox", "tak", "truehd", "tta", "voc", "w64", "wav", "wsd", "wtv", "wv",
        "xwma",
    ].joined(separator: ",")
}
