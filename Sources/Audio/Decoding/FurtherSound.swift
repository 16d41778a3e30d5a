/// Decides whether bytes that the header does not count are audio in the format of the preceding audio.
///
/// Audio is smooth: samples differ less from their neighbours than from zero. Random bytes, as in a compressed file or a picture, are not smooth,
/// and as Float32 not even finite. Noise is not smooth either; it is accepted if the preceding audio is noise too.
struct FurtherSound {
    let isPlausible: Bool

    init(_ bytes: Range<Int>, after counted: Range<Int>, like source: SndfileSource, _ file: InputFile) {
        guard let further = Texture(bytes, source, file), further.isFinite, further.energy > 0 else {
            isPlausible = false
            return
        }
        if further.roughness < Self.smooth, further.peak <= Self.loudest {
            isPlausible = true
        } else if let before = Texture(counted, source, file), before.energy > 0 {
            let ratio = further.energy / before.energy
            isPlausible = (0.01...100).contains(ratio) && abs(further.roughness - before.roughness) < Self.likeness
        } else {
            isPlausible = false
        }
    }

    /// Energy of the differences divided by that of the samples: 2 for white noise, 0.02 … 0.6 for speech at 8 to 48 kHz.
    private static let smooth = 1.2
    private static let likeness = 0.3
    /// Float32 samples of music may exceed 1.
    private static let loudest: Float = 8
}

/// Statistics of probes of a byte range, decoded as samples.
private struct Texture {
    private(set) var energy = 0.0
    private(set) var peak: Float = 0
    private(set) var isFinite = true
    private var differences = 0.0
    var roughness: Double { differences / energy }

    private static let probes = 32
    private static let frames = 1024

    /// `nil` for less than one frame.
    init?(_ bytes: Range<Int>, _ source: SndfileSource, _ file: InputFile) {
        guard let decoder = SndfileSource([bytes], of: file, like: source), let frames = decoder.frames, frames > 1 else { return nil }
        let channels = decoder.channels
        var position = 0
        for probe in 0..<Self.probes {
            let start = max(position, (frames - Self.frames) / Self.probes * probe)
            guard start < frames else { break }
            do {
                try decoder.skip(frames: start - position)
                let samples = try decoder.read(frames: Self.frames)
                position = start + samples.count / channels
                add(samples, channels)
            } catch {
                break
            }
        }
    }

    private mutating func add(_ samples: [Float], _ channels: Int) {
        guard samples.count > channels else { return }
        isFinite = isFinite && samples.allSatisfy(\.isFinite)
        guard isFinite else { return }
        let means = (0..<channels).map { channel in
            stride(from: channel, to: samples.count, by: channels).reduce(0.0) { $0 + Double(samples[$1]) }
                / Double(samples.count / channels)
        }
        for index in samples.indices.dropFirst(channels) {
            let centred = Double(samples[index]) - means[index % channels]
            energy += centred * centred
            let difference = Double(samples[index]) - Double(samples[index - channels])
            differences += difference * difference
            peak = max(peak, abs(samples[index]))
        }
    }
}
