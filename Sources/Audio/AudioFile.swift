/// Whole audio files at once: reading, writing, finding.
package enum AudioFile {
    /// A whole recording, or the part from `start` to `end`, as one channel; `AudioReader` says what the parameters mean and what can fail.
    ///
    /// One hour at 16 kHz takes 230 MB; read longer ones in pieces by `AudioReader`.
    ///
    /// - Parameter longest: seconds; where there are more, reading stops with `AudioError.tooLong`.
    package static func read(
        path: String, sampleRate: Int = 16000, start: Double? = nil, end: Double? = nil, longest: Double = .infinity
    ) throws(AudioError) -> [Float] {
        try read(path: path, sampleRate: sampleRate, start: start, end: end, longest: longest, ffmpeg: FFmpeg())
    }

    package static func read(
        path: String, sampleRate: Int = 16000, start: Double? = nil, end: Double? = nil, longest: Double = .infinity, ffmpeg: FFmpeg
    ) throws(AudioError) -> [Float] {
        let reader = try AudioReader(path: path, sampleRate: sampleRate, start: start, end: end, ffmpeg: ffmpeg)
        var samples: [Float] = []
        while true {
            let part = try reader.read(maximum: 1 << 16)
            if part.isEmpty { return samples }
            samples += part
            if Double(samples.count) > longest * Double(sampleRate) { throw .tooLong(file: path, longest: longest) }
        }
    }
}
