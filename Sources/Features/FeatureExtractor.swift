import StimmungEncoders
import StimmungTensors

/// Computes the features of a recording as its samples arrive. The result does not depend on the chunk sizes.
///
///     var extractor = try FrontEnd(FeatureOptions()).makeExtractor()
///     var frames = Matrix(rows: 0, columns: extractor.width)
///     while let chunk = microphone.next() {
///         try extractor.push(chunk, into: &frames)        // appends the frames that have become complete
///     }
///     extractor.finish(into: &frames)                     // appends the last ones; ready for the next recording
///
/// Samples are mono, at `options.sampleRate`, in −1 … 1. Their level is not changed: the `peak` option is ignored. Memory use is about 120
/// KB for recordings of any length. With functionals, the only row is appended at the end, and all frames are kept until then: 22 KB per
/// second by default. A copy is independent of its original.
public struct FeatureExtractor: Sendable {
    /// Values per row.
    public let width: Int
    private var frameExtractor: FrameExtractor
    private let functionals: Functionals?
    /// Turns the samples of hops into frames; nil if the frames are not those of an encoder.
    private var encoder: EncoderStream?
    /// The frames of the recording so far, with functionals; with an encoder, hops of samples that it has not received.
    private var collected: Matrix

    init(_ frameExtractor: FrameExtractor, _ functionals: Functionals?, _ encoder: (any FrameEncoder)?) {
        self.frameExtractor = frameExtractor
        self.functionals = functionals
        self.encoder = encoder.map { EncoderStream($0) }
        width = functionals?.width ?? encoder?.width ?? frameExtractor.width
        collected = Matrix(rows: 0, columns: frameExtractor.width)
    }

    /// Samples received since the start of the recording.
    public var sampleCount: Int { frameExtractor.sampleCount }

    /// Processes the next samples and appends the rows that have become complete; `rows` must have `width` columns.
    ///
    /// - Throws: `FeatureError.notFinite` if a sample is not finite or far out of range; the state is then unchanged.
    public mutating func push(_ samples: [Float], into rows: inout Matrix) throws(FeatureError) {
        try samples.withUnsafeBufferPointer { samples throws(FeatureError) in
            try push(samples, into: &rows)
        }
    }

    /// Processes the next samples from a buffer and appends the rows that have become complete; `rows` must have `width` columns.
    ///
    /// - Throws: `FeatureError.notFinite` if a sample is not finite or far out of range; the state is then unchanged.
    public mutating func push(_ samples: UnsafeBufferPointer<Float>, into rows: inout Matrix) throws(FeatureError) {
        precondition(rows.columns == width, "a matrix of \(rows.columns) columns for rows of \(width)")
        if functionals == nil && encoder == nil { return try frameExtractor.push(samples, into: &rows) }
        try frameExtractor.push(samples, into: &collected)
        encode(into: &rows)
    }

    /// The same for samples after the high-pass of the options, all of a recording.
    package mutating func push(filtered samples: [Float], into rows: inout Matrix) {
        precondition(functionals == nil && rows.columns == width, "a matrix of \(rows.columns) columns for frames of \(width)")
        if encoder == nil { return frameExtractor.push(filtered: samples, into: &rows) }
        frameExtractor.push(filtered: samples, into: &collected)
        encode(into: &rows)
    }

    /// Appends the remaining rows and resets the state: the next `push` starts another recording.
    ///
    /// Nothing is appended if the recording has less than one whole frame, not even with functionals.
    public mutating func finish(into rows: inout Matrix) {
        precondition(rows.columns == width, "a matrix of \(rows.columns) columns for rows of \(width)")
        if functionals == nil && encoder == nil { return frameExtractor.finish(into: &rows) }
        frameExtractor.finish(into: &collected)
        encode(into: &rows)
        if let rest = encoder?.finish() { rows.append(rows: rest) }
        guard let functionals else { return }
        if collected.rows > 0 { rows.append(rows: functionals.row(of: collected, frames: 0..<collected.rows)) }
        collected = Matrix(rows: 0, columns: collected.columns)
    }

    private mutating func encode(into rows: inout Matrix) {
        guard encoder != nil, collected.rows > 0 else { return }
        if let frames = encoder?.push(collected.elements) { rows.append(rows: frames) }
        collected = Matrix(rows: 0, columns: collected.columns)
    }
}
