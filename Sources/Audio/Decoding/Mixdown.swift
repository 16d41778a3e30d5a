import StimmungSupport

/// The reduction of a recording to one channel.
struct Mixdown {
    /// The selected channel, counted from 0; nil for the mean of all.
    private var channel: Int?
    private(set) var warnings: [RecordingWarning] = []

    /// - Parameters:
    ///   - segment: the recording and the selection.
    ///   - source: its decoder at the beginning. If the whole recording has to be scanned, it is replaced by a new one, also at the beginning.
    ///   - decoder: opens the recording again.
    ///   - cancellation: ends a scan early.
    /// - Throws: `noSuchChannel`, and the errors of opening the file again.
    init(
        of segment: AudioSegment, from source: inout any SampleSource, _ decoder: FileDecoder, cancellation: Cancellation?
    ) throws(AudioError) {
        let channels = source.channels
        if case .channel(let number) = segment.channel {
            guard (1...channels).contains(number) else { throw .noSuchChannel(file: segment.path, channel: number, channels: channels) }
            channel = number - 1
        }
        guard channels > 1 else { return }
        switch segment.channel {
        case .channel: break
        case .first: channel = 0
        case .louder: channel = try Self.scan(segment.path, &source, decoder, cancellation).loudest
        case .mix:
            let scan = try Self.scan(segment.path, &source, decoder, cancellation)
            guard scan.cancels else { return }
            channel = scan.loudest
            warnings = [.oppositePhase(channel: scan.loudest + 1, channels: channels)]
        }
    }

    private static func scan(
        _ path: String, _ source: inout any SampleSource, _ decoder: FileDecoder, _ cancellation: Cancellation?
    ) throws(AudioError) -> ChannelScan {
        if let scan = ChannelScan.remembered(path) { return scan }
        let status = FileStatus(path: path)
        let (scan, isWhole, held) = ChannelScan.scan(source, cancellation: cancellation)
        if isWhole { scan.remember(path, status) }
        if let held { source = held } else { source = try decoder.open(path) }
        return scan
    }

    /// One channel of interleaved samples.
    func apply(to interleaved: [Float], channels: Int) -> [Float] {
        if let channel {
            StimmungAudio.channel(channel, of: interleaved, channels: channels)
        } else {
            meanOfChannels(interleaved, channels: channels)
        }
    }
}
