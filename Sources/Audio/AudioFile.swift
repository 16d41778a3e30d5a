import StimmungSupport

/// Whole audio files at once: reading, writing, finding.
public enum AudioFile {
    /// Reads a whole recording, or a part of it, as one channel.
    ///
    /// One hour at 16 kHz takes 230 MB; read longer recordings in pieces with `AudioReader`.
    ///
    /// - Parameters:
    ///   - path: a regular file. The decoder is chosen by its content, not by its name.
    ///   - sampleRate: sampling rate of the samples to return, 1000 … 1,000,000 Hz.
    ///   - start: in seconds; nil for the beginning.
    ///   - end: in seconds; nil for the end.
    ///   - channel: what to take from a recording with several channels.
    /// - Throws: the errors of `AudioReader`.
    public static func read(
        path: String, sampleRate: Int = 16000, start: Double? = nil, end: Double? = nil, channel: ChannelSelection = .mix
    ) throws(AudioError) -> [Float] {
        try read(AudioSegment(path: path, start: start, end: end, channel: channel), sampleRate: sampleRate)
    }

    /// Reads a whole recording, or a part of it, as one channel; `AudioReader` describes the parameters.
    ///
    /// - Parameter longest: in seconds; for longer recordings, reading stops with `AudioError.tooLong`.
    /// - Throws: the errors of `AudioReader`, and `tooLong`.
    package static func read(
        _ segment: AudioSegment, sampleRate: Int = 16000, longest: Double = .infinity, ffmpeg: FFmpeg = FFmpeg()
    ) throws(AudioError) -> [Float] {
        try readWithWarnings(segment, sampleRate: sampleRate, longest: longest, ffmpeg: ffmpeg).samples
    }

    /// The same, with the warnings about the recording.
    package static func readWithWarnings(
        _ segment: AudioSegment, sampleRate: Int = 16000, longest: Double = .infinity, ffmpeg: FFmpeg = FFmpeg()
    ) throws(AudioError) -> (samples: [Float], warnings: [RecordingWarning]) {
        let reader = try AudioReader(segment, sampleRate: sampleRate, ffmpeg: ffmpeg)
        var samples: [Float] = []
        while true {
            let part = try reader.read(maximum: 1 << 16)
            if part.isEmpty { return (samples, reader.warnings) }
            samples += part
            if Double(samples.count) > longest * Double(sampleRate) { throw .tooLong(file: segment.path, longest: longest) }
        }
    }

    /// The number of channels of a recording. Only the beginning of the file is read.
    ///
    /// - Throws: the errors of `AudioReader`.
    package static func channelCount(path: String, ffmpeg: FFmpeg = FFmpeg()) throws(AudioError) -> Int {
        try AudioReader(AudioSegment(path: path, channel: .first), ffmpeg: ffmpeg).channelCount
    }
}

extension AudioFile {
    /// Whether a file is audio or film by the extension of its name, in small or capital letters. The file need not exist.
    public static func isAudio(path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }

    /// The extensions that count. Without `ts`: there is more TypeScript in the world's folders than film.
    private static let extensions: Set<String> = [
        // sound
        "wav", "wave", "rf64", "bwf", "w64", "aif", "aiff", "aifc", "au", "snd", "caf", "sph", "nist", "flac", "ogg", "oga", "opus", "spx",
        "mp1", "mp2", "mp3", "mpga", "m4a", "m4b", "aac", "adts", "ac3", "eac3", "amr", "3ga", "wma", "ape", "wv", "tta", "dts", "mka",
        "weba",
        // film
        "mp4", "m4v", "mov", "qt", "mkv", "webm", "avi", "wmv", "asf", "3gp", "3g2", "ogv", "flv", "f4v", "mpg", "mpeg", "mts", "m2ts",
        "vob", "mxf",
    ]

    /// The audio files in a folder and the folders below it, as paths that begin with `folder`, sorted by their bytes.
    ///
    /// Names that begin with a dot are skipped (`._x.wav` of a Mac is not a recording). Links are followed, but into no folder within itself.
    ///
    /// - Throws: `noSuchFile`, `notAFolder`, `notReadable` (for a folder below, too), `noAudioFiles`.
    public static func list(folder: String) throws(AudioError) -> [String] {
        let files: [String]
        do {
            files = try FolderListing.files(below: folder, where: isAudio)
        } catch {
            switch error {
            case .notAFolder(let path): throw .notAFolder(path: path)
            case .unreadable(let path, let number): throw .opening(path, number)
            }
        }
        guard !files.isEmpty else { throw .noAudioFiles(folder: folder) }
        return files.map { folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
    }
}
