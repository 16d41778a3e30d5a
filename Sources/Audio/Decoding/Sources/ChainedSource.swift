/// The recordings of one file, one after the other. What differs from the first in its rate or its channels is converted to it.
final class ChainedSource: SampleSource {
    let sampleRate: Int
    let channels: Int
    /// Each would have to be opened to know.
    var frames: Int? { nil }
    var warnings: [RecordingWarning] { Array(earlier + current.warnings + own) }

    private let decoder: FileDecoder
    private var left: ArraySlice<InputFile>
    private var current: any SampleSource
    private var earlier: [RecordingWarning] = []
    private var own: [RecordingWarning] = []
    private var position = 0
    private var ended = false
    /// Seconds of the first recording, which is what its header declares; nil for Ogg, where a chain is nothing unusual.
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
            // One word is enough of a stream that changes with every piece.
            if !own.contains(where: { $0.code == RecordingWarning.Code.mixedFormats.rawValue }) {
                own.append(.mixedFormats(first: Self.format(self), other: Self.format(next), time: time))
            }
        }
    }

    private static func format(_ source: any SampleSource) -> String {
        "\(source.sampleRate) Hz with \(source.channels == 1 ? "1 channel" : "\(source.channels) channels")"
    }
}
