import StimmungSupport

/// The `ffmpeg` program, a child process that decodes what libsndfile cannot.
package struct FFmpeg: Sendable {
    package var program: String
    /// Search path for the program: folders separated by colons, as in `PATH`.
    package var searchPath: String
    /// Longest time without output before the child is killed, in seconds.
    package var stallLimit: Double
    /// Kills the child when it is requested; what was read is then useless.
    package var cancellation: Cancellation?

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
    /// The file is named with its protocol, so that a leading `-` or a name that looks like a URL is harmless.
    /// The whitelists keep hostile files from the network (protocols) and from playlists, scripts and pictures (formats).
    static func arguments(decoding file: InputFile) -> [String] {
        input(file) + [
            "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-fflags", "+bitexact",
            "-c:a", "pcm_f32le",
        ] + (StreamStart.hasTimes(file) ? ["-af", fillingGaps] : []) + ["-f", "wav", "pipe:1"]
    }

    /// Prints the time of the first sample on standard output, as `pts_time:4.087`. Time 0 is the start of the earliest stream.
    ///
    /// Video is part of the output because of MPEG streams, where ffmpeg takes the earliest stream in use as time 0.
    static func arguments(findingStartOf file: InputFile) -> [String] {
        input(file) + [
            "-map", "0:a:0", "-map", "0:v?", "-c:v", "copy", "-frames:a", "1", "-frames:v", "1", "-af",
            "ametadata=mode=add:key=x:value=1,ametadata=mode=print:file=-", "-f", "null", "/dev/null",
        ]
    }

    private static func input(_ file: InputFile) -> [String] {
        let place = file.isWhole ? "" : "subfile,,start,\(file.base),end,\(file.base + file.size),,:"
        return [
            "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe,subfile", "-format_whitelist", MediaContainers.ffmpegNames,
            "-i", "\(place)file:\(file.path)",
        ]
    }

    /// Fills gaps of more than 0.1 s with silence, so that later audio keeps its time. Samples are neither dropped nor changed.
    ///
    /// `asetpts` never moves times back, because `aresample` would then drop overlapping samples, and treats a gap of more than an hour as an error.
    /// If the format changes within the stream, both filters restart, and only a gap at that position is lost.
    private static let fillingGaps =
        "asetpts=STARTPTS+NB_CONSUMED_SAMPLES+st(0\\,if(isnan(PTS)+gt(\(gap)-ld(0)\\,3600*SR)\\,ld(0)\\,max(ld(0)\\,\(gap))))"
        + ",aresample=async=1"
    private static let gap = "PTS-STARTPTS-NB_CONSUMED_SAMPLES"
}
