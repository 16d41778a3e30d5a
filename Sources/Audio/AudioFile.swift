import StimmungSupport

/// Reading, writing and finding whole audio files.
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
