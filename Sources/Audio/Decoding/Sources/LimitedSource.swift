/// A recording whose length is limited: a small file may hold hours of compressed silence, and its header may not say so.
final class LimitedSource: SampleSource {
    private let source: any SampleSource
    private let path: String
    private let longest: Double
    private var remaining: Int

    var sampleRate: Int { source.sampleRate }
    var channels: Int { source.channels }
    var frames: Int? { source.frames }
    var warnings: [RecordingWarning] { source.warnings }

    /// - Parameter longest: in seconds.
    /// - Throws: `AudioError.tooLong` if the header declares more.
    init(_ source: any SampleSource, path: String, longest: Double) throws(AudioError) {
        self.source = source
        self.path = path
        self.longest = longest
        let most = longest * Double(source.sampleRate)
        remaining = most < 1e15 ? Int(most) : .max
        if let frames = source.frames, frames > remaining { throw .tooLong(file: path, longest: longest) }
    }

    func read(frames count: Int) throws(AudioError) -> [Float] {
        let samples = try source.read(frames: count)
        try spend(samples.count / source.channels)
        return samples
    }

    func skip(frames count: Int) throws(AudioError) {
        try source.skip(frames: count)
        try spend(count)
    }

    private func spend(_ frames: Int) throws(AudioError) {
        remaining -= frames
        if remaining < 0 { throw .tooLong(file: path, longest: longest) }
    }
}
