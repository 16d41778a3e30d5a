import StimmungTensors

/// The features of a recording piece by piece, for one that is too long to be held as a whole.
///
///     var stream = try FeatureStream(path: "meeting.flac", options: FeatureOptions())
///     while case let frames = try stream.next(maximumFrames: 6000), frames.rows > 0 {
///         …                                               // a minute of frames
///     }
///
/// Joined, the pieces are what `FeatureFile.extract` gives. Memory grows with `maximumFrames` only; with a peak in the options 4 MB of samples are held besides.
package struct FeatureStream: ~Copyable {
    private let path: String
    private var reader: LevelledReader
    private var extractor: FeatureExtractor
    /// Frames that the end of the recording gave beyond what was asked for.
    private var left: Matrix
    private var isAtEnd = false
    /// Samples read so far, at the options' sample rate; at the end, the recording's length.
    package private(set) var sampleCount = 0
    private var isSilent = true

    /// Opens the recording; with a peak in the options it is read to its end for it.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - start: where to begin, in seconds; `nil` is the start.
    ///   - end: where to stop, in seconds; `nil` is the end.
    ///   - options: what to compute; the recording is brought to their sample rate.
    ///   - shouldStop: asked while the peak is looked for; where it says so the search ends, and the stream is of no use.
    /// - Throws: `FeatureError.option` or `.audio`.
    package init(path: String, start: Double? = nil, end: Double? = nil, options: FeatureOptions, shouldStop: () -> Bool = { false })
        throws(FeatureError)
    {
        let extractor = try FeatureExtractor(options)
        reader = try LevelledReader(path: path, start: start, end: end, options: options, shouldStop: shouldStop)
        self.path = path
        self.extractor = extractor
        left = Matrix(rows: 0, columns: extractor.width)
    }

    /// The next frames, 1 to `maximumFrames` of them, or none at the end.
    ///
    /// - Throws: `FeatureError.audio` or `.notFinite` where the recording cannot be read on, and at its end `.tooShort` or `.silent`,
    ///   each with the file's name.
    package mutating func next(maximumFrames: Int) throws(FeatureError) -> Matrix {
        precondition(maximumFrames > 0, "no frames wanted")
        var frames = Matrix(rows: 0, columns: extractor.width)
        while left.rows == 0 && frames.rows == 0 && !isAtEnd {
            // So many samples complete this many frames at most.
            let samples = try read(maximum: maximumFrames * extractor.options.hopSamples)
            if samples.isEmpty {
                try checkWhole()
                isAtEnd = true
                extractor.finish(into: &left)
            } else {
                do {
                    try extractor.push(samples, into: &frames)
                } catch {
                    throw error.naming(path)
                }
            }
        }
        if frames.rows == 0 {
            let count = min(maximumFrames, left.rows)
            frames = left.rows(0..<count)
            left = left.rows(count..<left.rows)
        }
        return frames
    }

    private mutating func read(maximum: Int) throws(FeatureError) -> [Float] {
        let samples = try reader.read(maximum: maximum)
        sampleCount += samples.count
        isSilent = isSilent && samples.allSatisfy { $0 == 0 }
        return samples
    }

    private func checkWhole() throws(FeatureError) {
        let needed = extractor.options.samplesNeeded
        guard sampleCount >= needed else { throw .tooShort(file: path, samples: sampleCount, needed: needed) }
        guard !isSilent else { throw .silent(file: path) }
    }
}
