/// A decoder in the process, and ffmpeg from where that gives up.
final class RecoveringSource: SampleSource {
    var sampleRate: Int { source.sampleRate }
    var channels: Int { source.channels }
    let frames: Int?
    var warnings: [RecordingWarning] { own + source.warnings }

    private var source: any SampleSource
    private let file: InputFile
    private let ffmpeg: FFmpeg
    private var own: [RecordingWarning]
    private var position = 0
    private var hasRecovered = false

    init(_ source: SndfileSource, _ file: InputFile, _ ffmpeg: FFmpeg, warnings: [RecordingWarning] = []) {
        self.source = source
        self.file = file
        self.ffmpeg = ffmpeg
        own = warnings
        frames = source.frames
    }

    func read(frames count: Int) throws(AudioError) -> [Float] {
        let samples: [Float]
        do {
            samples = try source.read(frames: count)
        } catch {
            try recover(from: error)
            samples = try source.read(frames: count)
        }
        position += samples.count / channels
        return samples
    }

    func skip(frames count: Int) throws(AudioError) {
        do {
            try source.skip(frames: count)
        } catch {
            try recover(from: error)
            try source.skip(frames: count)
        }
        position += count
    }

    /// - Throws: the error itself where ffmpeg cannot help.
    private func recover(from error: AudioError) throws(AudioError) {
        guard case .corrupt(_, let reason) = error, !hasRecovered else { throw error }
        hasRecovered = true
        do {
            let other = try FFmpegSource(file, ffmpeg)
            guard other.sampleRate == sampleRate, other.channels == channels else { throw error }
            try other.skip(frames: position)
            own += source.warnings
            source = other
        } catch let second {
            _ = second
            throw error
        }
        own.append(.damaged(time: Double(position) / Double(sampleRate), reason: reason))
    }
}
