/// A decoder with findings about its file. If it fails within the file, ffmpeg decodes the rest.
final class RecoveringSource: SampleSource {
    var sampleRate: Int { source.sampleRate }
    var channels: Int { source.channels }
    let frames: Int?
    var warnings: [RecordingWarning] { findings.warnings + source.warnings }

    /// Findings about the file.
    struct Findings {
        var warnings: [RecordingWarning] = []
        /// Unread bytes after the audio, as a multiple of the bytes of audio.
        var unread: Double?
        /// Why parts of the file may be lost; a clause.
        var damage: String?
    }

    private var source: any SampleSource
    private let file: InputFile
    private let ffmpeg: FFmpeg
    private var findings: Findings
    private var position = 0
    private var hasRecovered = false
    private var hasEnded = false

    init(_ source: any SampleSource, _ file: InputFile, _ ffmpeg: FFmpeg, _ findings: Findings = Findings()) {
        self.source = source
        self.file = file
        self.ffmpeg = ffmpeg
        self.findings = findings
        frames = source.frames
    }

    func read(frames count: Int) throws(AudioError) -> [Float] {
        var samples: [Float]
        do {
            samples = try source.read(frames: count)
        } catch {
            try recover(from: error)
            samples = try source.read(frames: count)
        }
        // ffmpeg may report the same concealed error again.
        if hasRecovered, let frames { samples = Array(samples.prefix(max(0, frames - position) * channels)) }
        position += samples.count / channels
        if samples.count < count * channels { try end() }
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

    private var time: Double { Double(position) / Double(sampleRate) }

    /// - Throws: the original error if ffmpeg fails too.
    private func recover(from error: AudioError) throws(AudioError) {
        guard case .corrupt(_, let reason) = error, source is SndfileSource else { throw error }
        guard let other = try? FFmpegSource(file, ffmpeg), other.sampleRate == sampleRate, other.channels == channels,
            (try? other.skip(frames: position)) != nil
        else { throw error }
        findings.warnings += source.warnings
        findings.warnings.append(.damaged(reason: "after \(seconds(time)), \(reason)"))
        source = other
        hasRecovered = true
    }

    /// Checks at the end of the file.
    private func end() throws(AudioError) {
        guard !hasEnded else { return }
        hasEnded = true
        if position == 0, findings.damage != nil || file.bytes(at: 0, count: 4).text(at: 0) == "OggS" {
            throw .corrupt(file: file.path, reason: findings.damage ?? "none of its pages can be decoded")
        }
        if let damage = findings.damage { findings.warnings.append(.damaged(reason: damage)) }
        if let unread = findings.unread { findings.warnings.append(.unreadData(read: time, there: time * unread)) }
    }
}
