import StimmungSupport

/// Decodes by the `ffmpeg` program, a child process that is killed with the last reference.
final class FFmpegSource: SampleSource {
    let sampleRate: Int
    let channels: Int
    /// Unknown before the end.
    var frames: Int? { nil }
    private let file: InputFile
    private let child: ChildProcess
    /// Bytes of samples that have not been returned yet.
    private var pending: [UInt8]
    private var ended = false
    private(set) var warnings: [RecordingWarning] = []
    /// Remaining frames of silence before the first sample, if another stream of the file begins earlier.
    private var silence: Int

    init(_ file: InputFile, _ ffmpeg: FFmpeg) throws(AudioError) {
        guard let executable = ffmpeg.executable else {
            throw .ffmpegMissing(file: file.path, program: ffmpeg.program)
        }
        self.file = file
        let child: ChildProcess
        do {
            child = try ChildProcess(
                executable: executable, arguments: FFmpeg.arguments(decoding: file), environment: ["AV_LOG_FORCE_NOCOLOR": "1"],
                limits: .init(silence: ffmpeg.stallLimit, cancellation: ffmpeg.cancellation))
        } catch {
            throw .ffmpegFailed(file: file.path, reason: error.reason)
        }
        // The header of the WAV stream comes first.
        var start: [UInt8] = []
        var header: WaveHeader?
        while header == nil {
            let part = try Self.read(from: child, file)
            if part.isEmpty, let error = try Self.endingError(child, file, opened: false) { throw error }
            guard !part.isEmpty, start.count < 1 << 16 else {
                throw .ffmpegFailed(file: file.path, reason: "it returned no audio")
            }
            start += part
            header = WaveHeader(start)
        }
        guard let header, header.channels > 0, header.bytesPerFrame == header.channels * 4 else {
            throw .ffmpegFailed(file: file.path, reason: "its output is not Float32")
        }
        self.child = child
        sampleRate = header.sampleRate
        channels = header.channels
        pending = Array(start[header.dataOffset...])
        silence = StreamStart.mayBeLate(file) ? Int(StreamStart.seconds(file, executable, ffmpeg) * Double(header.sampleRate)) : 0
    }

    func read(frames count: Int) throws(AudioError) -> [Float] {
        guard silence == 0 else {
            let frames = min(count, silence)
            silence -= frames
            let begin = [Float](repeating: 0, count: frames * channels)
            return frames < count ? try begin + read(frames: count - frames) : begin
        }
        let wanted = count * channels * 4
        while pending.count < wanted && !ended {
            let part = try Self.read(from: child, file)
            if part.isEmpty {
                ended = true
                if let error = try Self.endingError(child, file, opened: true) { throw error }
                // In bare streams of frames, other data is allowed between frames.
                if StreamStart.hasTimes(file), let line = Self.damage(child.errorText) {
                    warnings = [.damaged(reason: "ffmpeg reported \"\(line)\"")]
                }
            }
            pending += part
        }
        let taken = min(wanted, pending.count / (channels * 4) * channels * 4)
        let samples = pending.withUnsafeBytes { bytes in
            // `taken` bytes are available; samples need not be aligned.
            (0..<taken / 4).map { Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))) }
        }
        pending.removeFirst(taken)
        return samples
    }

    func skip(frames count: Int) throws(AudioError) {
        // ffmpeg's own seeking is not exact in every container.
        try readAndDrop(frames: count, inBlocksOf: 4096)
    }

    // MARK: -

    private static func read(from child: ChildProcess, _ file: InputFile) throws(AudioError) -> [UInt8] {
        do {
            return try child.read()
        } catch {
            throw .ffmpegFailed(file: file.path, reason: error.reason)
        }
    }

    /// The error for the end of the child; `nil` on success. `opened`: whether it has started to return samples.
    private static func endingError(_ child: ChildProcess, _ file: InputFile, opened: Bool) throws(AudioError) -> AudioError? {
        let ending: ChildProcess.Ending
        do {
            ending = try child.finish()
        } catch {
            throw .ffmpegFailed(file: file.path, reason: error.reason)
        }
        let said = child.errorText
        let sign = FFmpegWords.all.first { $0.isMeant(by: said, in: file, ending, opened: opened) }
        switch sign?.meaning {
        case .cutOff: return .truncated(file: file.path, there: nil, promised: nil)
        case .noAudioStream: return .noAudioStream(file: file.path)
        case .notAudio: return .notAudio(file: file.path)
        case nil:
            return ending == .exited(status: 0) ? nil : .ffmpegFailed(file: file.path, reason: lastLine(said) ?? ending.words)
        }
    }

    /// The last message about data that could not be decoded, if ffmpeg continued.
    private static func damage(_ text: String) -> String? {
        lastLine(
            text.split(whereSeparator: \.isNewline).filter { $0.contains("rror") || $0.contains("nvalid") || $0.contains("orrupt") }.joined(
                separator: "\n"))
    }

    /// Without the addresses in the memory of ffmpeg, as in `[mp3float @ 0x55d1c0]`, which differ from run to run.
    static func lastLine(_ text: String) -> String? {
        text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }.map {
            String($0.replacing(#/ @ 0x[0-9a-f]+/#, with: ""))
        }
    }
}
