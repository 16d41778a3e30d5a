/// A recording converted to another rate and number of channels.
final class ConvertedSource: SampleSource {
    let sampleRate: Int
    let channels: Int
    var frames: Int? { source.frames.map { Int((Double($0) * Double(sampleRate) / Double(source.sampleRate)).rounded()) } }
    var warnings: [RecordingWarning] { source.warnings }

    private let source: any SampleSource
    /// One per channel; none if the rate is unchanged.
    private let resamplers: [Resampler]
    /// Converted samples that have not been returned yet.
    private var pending: [Float] = []
    private var ended = false

    init(_ source: any SampleSource, sampleRate: Int, channels: Int) throws(AudioError) {
        self.source = source
        self.sampleRate = sampleRate
        self.channels = channels
        var resamplers: [Resampler] = []
        if source.sampleRate != sampleRate {
            for _ in 0..<channels { resamplers.append(try Resampler(from: source.sampleRate, to: sampleRate)) }
        }
        self.resamplers = resamplers
    }

    func read(frames count: Int) throws(AudioError) -> [Float] {
        while pending.count < count * channels, !ended { try refill() }
        let taken = Array(pending.prefix(count * channels))
        pending.removeFirst(taken.count)
        return taken
    }

    func skip(frames count: Int) throws(AudioError) {
        try readAndDrop(frames: count, inBlocksOf: 4096)
    }

    private static let block = 4096

    private func refill() throws(AudioError) {
        let samples = try source.read(frames: Self.block)
        ended = samples.count < Self.block * source.channels
        var parts: [[Float]] = []
        for index in 0..<channels {
            var part = mapped(samples, to: index)
            if !resamplers.isEmpty {
                part = try resamplers[index].process(part)
                if ended { part += try resamplers[index].finish() }
            }
            parts.append(part)
        }
        let count = parts.map(\.count).min() ?? 0
        for frame in 0..<count {
            for part in parts { pending.append(part[frame]) }
        }
    }

    /// The samples of one channel: the same channel if the numbers of channels are equal, otherwise the mean of all.
    private func mapped(_ samples: [Float], to index: Int) -> [Float] {
        source.channels == channels
            ? channel(index, of: samples, channels: channels) : meanOfChannels(samples, channels: source.channels)
    }
}
