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
    static func arguments(decoding path: String) -> [String] {
        [
            "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", MediaContainers.ffmpegNames, "-i",
            "file:\(path)",
            "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-fflags", "+bitexact",
            "-c:a", "pcm_f32le", "-f", "wav", "pipe:1",
        ]
    }
}
