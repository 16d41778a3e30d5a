import StimmungTensors

/// Computes features of a recording as its samples arrive; what comes out does not depend on how they are cut into chunks.
///
///     var extractor = try FrontEnd(FeatureOptions()).makeExtractor()
///     var frames = Matrix(rows: 0, columns: extractor.width)
///     while let chunk = microphone.next() {
///         try extractor.push(chunk, into: &frames)        // appends the frames that have become complete
///     }
///     extractor.finish(into: &frames)                     // appends the last ones; ready for the next recording
///
/// Samples are mono, at `options.sampleRate`, in −1 … 1, and taken at the level they have: the `peak` option is not applied. Memory does not
/// grow with the recording: about 120 KB. With functionals one row comes out, at the end, and all frames are kept till then: 22 KB per
/// second by default. A copy is independent of its original.
public struct FeatureExtractor: Sendable {
    /// Values per row.
    public let width: Int
    private var frameExtractor: FrameExtractor
    private let functionals: Functionals?
    /// The frames of the recording so far; used with functionals only.
    private var collected: Matrix

    init(_ frameExtractor: FrameExtractor, _ functionals: Functionals?) {
        self.frameExtractor = frameExtractor
        self.functionals = functionals
        width = functionals?.width ?? frameExtractor.width
        collected = Matrix(rows: 0, columns: frameExtractor.width)
    }

    /// Samples taken since the recording began.
    public var sampleCount: Int { frameExtractor.sampleCount }

    /// Takes the next samples and appends the rows that have become complete; `rows` must have `width` columns.
    ///
    /// - Throws: `FeatureError.notFinite`; then nothing has been taken or appended.
    public mutating func push(_ samples: [Float], into rows: inout Matrix) throws(FeatureError) {
        try samples.withUnsafeBufferPointer { samples throws(FeatureError) in
            try push(samples, into: &rows)
        }
    }

    /// Takes the next samples from a buffer and appends the rows that have become complete; `rows` must have `width` columns.
    ///
    /// - Throws: `FeatureError.notFinite`; then nothing has been taken or appended.
    public mutating func push(_ samples: UnsafeBufferPointer<Float>, into rows: inout Matrix) throws(FeatureError) {
        precondition(rows.columns == width, "a matrix of \(rows.columns) columns for rows of \(width)")
        if functionals == nil {
            try frameExtractor.push(samples, into: &rows)
        } else {
            try frameExtractor.push(samples, into: &collected)
        }
    }

    /// Appends the rows that waited for samples to come, and forgets the recording: the next `push` starts another.
    ///
    /// Without a whole frame there is nothing to append, with functionals too.
    public mutating func finish(into rows: inout Matrix) {
        precondition(rows.columns == width, "a matrix of \(rows.columns) columns for rows of \(width)")
        guard let functionals else {
            frameExtractor.finish(into: &rows)
            return
        }
        frameExtractor.finish(into: &collected)
        if collected.rows > 0 { rows.append(rows: functionals.row(of: collected, frames: 0..<collected.rows)) }
        collected = Matrix(rows: 0, columns: collected.columns)
    }
}
