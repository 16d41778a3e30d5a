/// A recording in memory.
final class HeldSource: SampleSource {
    let sampleRate: Int
    let channels: Int
    let warnings: [RecordingWarning]
    var frames: Int? { samples.count / channels }
    private let samples: [Float]
    private var position = 0

    /// - Parameters:
    ///   - samples: all samples, interleaved.
    ///   - source: their source, which was read to its end.
    init(_ samples: [Float], of source: any SampleSource) {
        self.samples = samples
        sampleRate = source.sampleRate
        channels = source.channels
        warnings = source.warnings
    }

    func read(frames count: Int) -> [Float] {
        let begin = position
        skip(frames: count)
        return Array(samples[begin * channels..<position * channels])
    }

    func skip(frames count: Int) {
        position = min(position + count, samples.count / channels)
    }
}
