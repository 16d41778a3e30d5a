import StimmungAudio
import StimmungSupport
import StimmungTensors

/// The features of a recording piece by piece, for one that is too long to be held as a whole.
///
///     var stream = try FeatureStream(AudioSegment(path: "meeting.flac"), by: FrontEnd(FeatureOptions()))
///     while case let frames = try stream.next(maximumFrames: 6000), frames.rows > 0 {
///         …                                               // a minute of frames
///     }
///
/// Joined, the pieces are what `FrontEnd.features` gives. Memory grows with `maximumFrames` only; with a peak in the options 4 MB of samples are held besides.
package struct FeatureStream: ~Copyable {
    private let path: String
    private let options: FeatureOptions
    private var reader: LevelledReader
    private var extractor: FeatureExtractor
    /// Frames that the end of the recording gave beyond what was asked for.
    private var left: Matrix
    private var isAtEnd = false
    /// Samples read so far, at the options' sample rate; at the end, the recording's length.
    package private(set) var sampleCount = 0
    private var isSilent = true
    /// What is unusual about the recording; complete at its end.
    package var warnings: [RecordingWarning] { reader.warnings }

    /// Opens the recording; with a peak in the options it is read to its end for it.
    ///
    /// - Parameters:
    ///   - segment: the file, or the part of it.
    ///   - frontEnd: what computes the features; the recording is brought to its sample rate.
    ///   - cancellation: ends the search for the peak early; the stream is then useless, and the caller throws `Cancelled`.
    /// - Throws: `FeatureError.audio`
    package init(_ segment: AudioSegment, by frontEnd: FrontEnd, cancellation: Cancellation? = nil) throws(FeatureError) {
        reader = try LevelledReader(segment, options: frontEnd.options, cancellation: cancellation)
        path = segment.path
        options = frontEnd.options
        extractor = frontEnd.makeExtractor()
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
            let samples = try read(maximum: maximumFrames * options.hopSamples)
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
        let needed = options.samplesNeeded
        guard sampleCount >= needed else { throw .tooShort(file: path, samples: sampleCount, needed: needed) }
        guard !isSilent else { throw .silent(file: path) }
    }
}
