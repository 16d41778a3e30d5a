import StimmungSupport

/// Decodes by the `ffmpeg` program as a child process, which is killed with the last reference to this.
final class FFmpegSource: SampleSource {
    let sampleRate: Int
    let channels: Int
    /// The child does not tell beforehand.
    var frames: Int? { nil }
    private let file: InputFile
    private let child: ChildProcess
    /// Bytes of samples that have come but not been handed out.
    private var pending: [UInt8]
    private var ended = false

    init(_ file: InputFile, _ ffmpeg: FFmpeg) throws(AudioError) {
        guard let executable = ffmpeg.executable else {
            throw .ffmpegMissing(file: file.path, program: ffmpeg.program)
        }
        self.file = file
        let child: ChildProcess
        do {
            child = try ChildProcess(
                executable: executable, arguments: FFmpeg.arguments(decoding: file.path), environment: ["AV_LOG_FORCE_NOCOLOR": "1"],
                stallLimit: ffmpeg.stallLimit)
        } catch {
            throw .ffmpegFailed(file: file.path, reason: Self.reason(error))
        }
        // The header of the WAV stream comes first.
        var start: [UInt8] = []
        var header: WaveHeader?
        while header == nil {
            let part = try Self.read(from: child, file)
            if part.isEmpty, let error = try Self.endingError(child, file, opened: false) { throw error }
            guard !part.isEmpty, start.count < 1 << 16 else {
                throw .ffmpegFailed(file: file.path, reason: "it gave no audio")
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
    }

    func read(frames count: Int) throws(AudioError) -> [Float] {
        let wanted = count * channels * 4
        while pending.count < wanted && !ended {
            let part = try Self.read(from: child, file)
            if part.isEmpty {
                ended = true
                if let error = try Self.endingError(child, file, opened: true) { throw error }
            }
            pending += part
        }
        let taken = min(wanted, pending.count / (channels * 4) * channels * 4)
        let samples = pending.withUnsafeBytes { bytes in
            // `taken` bytes are there; the place of a sample need not be aligned.
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
            throw .ffmpegFailed(file: file.path, reason: reason(error))
        }
    }

    static func reason(_ failure: ChildProcess.Failure) -> String {
        switch failure {
        case .notStarted(let reason): "it could not be started (\(reason))"
        case .stalled(let seconds): "nothing for \(seconds) seconds, so it was ended"
        case .notRead(let reason): "its output could not be read (\(reason))"
        }
    }

    /// What the end of the child says: `nil` where all is well. `opened`: it has begun to give samples.
    private static func endingError(_ child: ChildProcess, _ file: InputFile, opened: Bool) throws(AudioError) -> AudioError? {
        let ending: ChildProcess.Ending
        do {
            ending = try child.finish()
        } catch {
            throw .ffmpegFailed(file: file.path, reason: reason(error))
        }
        let said = child.errorText
        // ffmpeg reads on over a file that was cut and reports success all the same: only its words tell.
        if ["partial file", "File ended prematurely"].contains(where: said.contains) {
            return .truncated(file: file.path, there: nil, promised: nil)
        }
        if ending == .exited(status: 0) { return nil }
        if ["matches no streams", "does not contain any stream"].contains(where: said.contains) {
            return .noAudioStream(file: file.path)
        }
        // The table of contents of an MP4 stands at its end. Other files too are tried as MP4 for their names' sake.
        if said.contains("moov atom not found"), file.bytes(at: 4, count: 4) == Array("ftyp".utf8) {
            return .truncated(file: file.path, there: nil, promised: nil)
        }
        if !opened, ["Invalid data found", "Invalid argument", "End of file"].contains(where: said.contains) {
            return .notAudio(file: file.path)
        }
        return .ffmpegFailed(file: file.path, reason: lastLine(said) ?? words(ending))
    }

    static func words(_ ending: ChildProcess.Ending) -> String {
        switch ending {
        case .exited(let status): "exit status \(status)"
        case .killed(let signal): "ended by signal \(signal)"
        }
    }

    static func lastLine(_ text: String) -> String? {
        text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }
}
