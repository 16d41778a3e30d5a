/// The recordings in a file in order. Those with another rate or other channels than the first are converted.
final class ChainedSource: SampleSource {
    let sampleRate: Int
    let channels: Int
    /// Unknown: each recording would have to be opened.
    var frames: Int? { nil }
    var warnings: [RecordingWarning] { Array(earlier + current.warnings + own) }

    private let decoder: FileDecoder
    private var left: ArraySlice<InputFile>
    private var current: any SampleSource
    private var earlier: [RecordingWarning] = []
    private var own: [RecordingWarning] = []
    private var position = 0
    private var ended = false
    /// Seconds of the first recording, as declared by its header; nil for Ogg, where chains are normal.
    private var declared: Double?
    private let isOgg: Bool

    /// - Parameter parts: at least one.
    init(_ parts: [InputFile], _ decoder: FileDecoder) throws(AudioError) {
        self.decoder = decoder
        isOgg = parts[0].bytes(at: 0, count: 4).text(at: 0) == "OggS"
        var left = parts[...]
        current = try decoder.open(left.removeFirst())
        self.left = left
        sampleRate = current.sampleRate
        channels = current.channels
    }

    func read(frames count: Int) throws(AudioError) -> [Float] {
        var samples: [Float] = []
        while samples.count < count * channels, !ended {
            let part = try current.read(frames: count - samples.count / channels)
            samples += part
            position += part.count / channels
            if samples.count < count * channels { try openNext() }
        }
        return samples
    }

    func skip(frames count: Int) throws(AudioError) {
        try readAndDrop(frames: count, inBlocksOf: 4096)
    }

    private func openNext() throws(AudioError) {
        let time = Double(position) / Double(sampleRate)
        if declared == nil { declared = time }
        earlier += current.warnings.filter { !earlier.contains($0) }
        guard let part = left.popFirst() else {
            ended = true
            if !isOgg, let declared, time > declared { own.append(.longerThanDeclared(declared: declared, read: time)) }
            return
        }
        let next = try decoder.open(part)
        guard sampleRates.contains(next.sampleRate) else {
            throw .corrupt(file: part.path, reason: "one of its headers states a sampling rate of \(next.sampleRate) Hz")
        }
        if next.sampleRate == sampleRate, next.channels == channels {
            current = next
        } else {
            current = try ConvertedSource(next, sampleRate: sampleRate, channels: channels)
            // One warning is enough for a stream that changes with every link.
            if !own.contains(where: { $0.code == RecordingWarning.Code.mixedFormats.rawValue }) {
                own.append(.mixedFormats(first: Self.format(self), other: Self.format(next), time: time))
            }
        }
    }

    private static func format(_ source: any SampleSource) -> String {
        "\(source.sampleRate) Hz with \(source.channels == 1 ? "1 channel" : "\(source.channels) channels")"
    }
}
