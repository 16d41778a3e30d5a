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
    /// - Throws: the errors of `AudioReader`.
    public static func read(
        path: String, sampleRate: Int = 16000, start: Double? = nil, end: Double? = nil
    ) throws(AudioError) -> [Float] {
        try read(AudioSegment(path: path, start: start, end: end), sampleRate: sampleRate)
    }

    /// A whole recording, or a part of it, as one channel; `AudioReader` has the meaning of the parameters.
    ///
    /// One hour at 16 kHz takes 230 MB; read longer ones in pieces by `AudioReader`.
    ///
    /// - Parameter longest: seconds; where there are more, reading stops with `AudioError.tooLong`.
    /// - Throws: what `AudioReader` throws, and `tooLong`.
    package static func read(
        _ segment: AudioSegment, sampleRate: Int = 16000, longest: Double = .infinity, ffmpeg: FFmpeg = FFmpeg()
    ) throws(AudioError) -> [Float] {
        let reader = try AudioReader(segment, sampleRate: sampleRate, ffmpeg: ffmpeg)
        var samples: [Float] = []
        while true {
            let part = try reader.read(maximum: 1 << 16)
            if part.isEmpty { return samples }
            samples += part
            if Double(samples.count) > longest * Double(sampleRate) { throw .tooLong(file: segment.path, longest: longest) }
        }
    }
}
