import StimmungAudio
import StimmungSupport
import StimmungTensors

/// The features of a recording in pieces, for recordings that are too long to keep in memory.
///
///     var stream = try FeatureStream(AudioSegment(path: "meeting.flac"), by: FrontEnd(FeatureOptions()))
///     while case let frames = try stream.next(maximumFrames: 6000), frames.rows > 0 {
///         …                                               // a minute of frames
///     }
///
/// The concatenated pieces equal the result of `FrontEnd.features`. Memory use depends on `maximumFrames` only, plus 4 MB of samples if the
/// options set a peak.
package struct FeatureStream: ~Copyable {
    private let path: String
    private let options: FeatureOptions
    private var reader: LevelledReader
    private var extractor: FeatureExtractor
    /// Frames completed at the end of the recording and not yet returned.
    private var left: Matrix
    private var isAtEnd = false
    private let acceptsSilence: Bool
    private let cancellation: Cancellation?
    /// Samples read so far, at the options' sample rate; at the end, the recording's length.
    package private(set) var sampleCount = 0
    private var silence: Silence
    /// What is unusual about the recording; complete at its end.
    package var warnings: [RecordingWarning] { reader.warnings }

    /// Opens the recording. If the options set a peak, the whole recording is read to measure its peak.
    ///
    /// - Parameters:
    ///   - segment: the file, or a part of it.
    ///   - frontEnd: the front end; the recording is resampled to its sample rate.
    ///   - acceptsSilence: whether a silent recording has features.
    ///   - cancellation: ends the stream early.
    /// - Throws: `FeatureError.audio` if the recording cannot be read; `Cancelled`.
    package init(
        _ segment: AudioSegment, by frontEnd: FrontEnd, acceptsSilence: Bool = false, cancellation: Cancellation? = nil
    ) throws {
        reader = try LevelledReader(segment, options: frontEnd.options, cancellation: cancellation)
        self.acceptsSilence = acceptsSilence
        self.cancellation = cancellation
        path = segment.path
        options = frontEnd.options
        silence = Silence(frontEnd.options)
        extractor = frontEnd.makeExtractor()
        left = Matrix(rows: 0, columns: extractor.width)
    }

    /// The next 1 to `maximumFrames` frames, or none at the end.
    ///
    /// - Throws: `FeatureError.audio` or `.notFinite` if the recording cannot be read any further, and `.tooShort` or `.silent` at its end,
    ///   each with the file's name; `Cancelled`, so that what was read before cannot be taken for the whole recording.
    package mutating func next(maximumFrames: Int) throws -> Matrix {
        precondition(maximumFrames > 0, "maximumFrames must be positive")
        var frames = Matrix(rows: 0, columns: extractor.width)
        while left.rows == 0 && frames.rows == 0 && !isAtEnd {
            try cancellation?.check()
            // This many samples complete at most `maximumFrames` frames.
            let samples = try read(maximum: maximumFrames * options.hopSamples)
            if samples.isEmpty {
                try checkWhole()
                isAtEnd = true
                extractor.finish(into: &left)
            } else {
                do throws(FeatureError) {
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
        silence.add(samples)
        return samples
    }

    private func checkWhole() throws(FeatureError) {
        let needed = options.samplesNeeded
        guard sampleCount >= needed else { throw .tooShort(file: path, samples: sampleCount, needed: needed) }
        guard acceptsSilence || !silence.isSilent else { throw .silent(file: path) }
    }
}

/// Whether a recording is silent: all its samples are zero. With a high-pass, a constant is silent too.
struct Silence: Sendable {
    private(set) var isSilent = true
    private let hasHighPass: Bool
    /// The value of silence; nil before the first sample.
    private var value: Float?

    init(_ options: FeatureOptions) {
        hasHighPass = options.highPass > 0
    }

    mutating func add(_ samples: [Float]) {
        guard isSilent, let first = samples.first else { return }
        let value = value ?? (hasHighPass ? first : 0)
        self.value = value
        isSilent = samples.allSatisfy { $0 == value }
    }
}
