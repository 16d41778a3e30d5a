import StimmungTensors
import Synchronization

/// Computes features of a recording as its samples arrive; what comes out does not depend on how they are cut into chunks.
///
///     var extractor = try FeatureExtractor(FeatureOptions())
///     var frames = Matrix(rows: 0, columns: extractor.width)
///     while let chunk = microphone.next() {
///         try extractor.push(chunk, into: &frames)        // appends the frames that have become complete
///     }
///     extractor.finish(into: &frames)                     // appends the last ones; ready for the next recording
///
/// Samples are mono, at `options.sampleRate`, in −1 … 1, and taken at the level they have: whoever wants `options.peak` brings them to it before. Memory does not grow with the recording: some 120 KB. With functionals one row
/// comes out, at the end, and till then all frames are kept: 22 KB a second by default. A copy is independent of its original.
package struct FeatureExtractor: Sendable {
    /// What is computed.
    package let options: FeatureOptions
    /// Numbers in a row.
    package let width: Int
    private var frameExtractor: FrameExtractor
    private let functionals: Functionals?
    /// The frames of the recording so far; used with functionals only.
    private var collected: Matrix

    /// The extractor made last, before it had taken anything. Windows, filters and the tables of the transform take as long as half a second of speech
    /// takes to go through them, and most programs know one set of options: a copy costs a tenth of that.
    private static let latest = Mutex<FeatureExtractor?>(nil)

    /// - Throws: `FeatureError.option`
    package init(_ options: FeatureOptions) throws(FeatureError) {
        if let same = FeatureExtractor.latest.withLock({ $0?.options == options ? $0 : nil }) {
            self = same
            return
        }
        try self.init(making: options)
        let new = self
        FeatureExtractor.latest.withLock { $0 = new }
    }

    private init(making options: FeatureOptions) throws(FeatureError) {
        try options.validate()
        self.options = options
        functionals = options.functionals == nil ? nil : try Functionals(options)
        frameExtractor = try FrameExtractor(functionals?.frameOptions ?? options)
        width = functionals?.width ?? frameExtractor.width
        collected = Matrix(rows: 0, columns: frameExtractor.width)
    }

    /// Samples taken since the recording began.
    package var sampleCount: Int { frameExtractor.sampleCount }

    /// Takes the next samples and appends the rows that have become complete; `rows` must have `width` columns.
    ///
    /// - Throws: `FeatureError.notFinite`; then nothing has been taken or appended.
    package mutating func push(_ samples: [Float], into rows: inout Matrix) throws(FeatureError) {
        try samples.withUnsafeBufferPointer { samples throws(FeatureError) in
            try push(samples, into: &rows)
        }
    }

    /// The same for samples that lie in memory of another owner.
    package mutating func push(_ samples: UnsafeBufferPointer<Float>, into rows: inout Matrix) throws(FeatureError) {
        precondition(rows.columns == width, "a matrix of \(rows.columns) columns for rows of \(width)")
        if functionals == nil {
            try frameExtractor.push(samples, into: &rows)
        } else {
            try frameExtractor.push(samples, into: &collected)
        }
    }

    /// Appends the rows that waited for samples to come, and forgets the recording: the next `push` starts another.
    package mutating func finish(into rows: inout Matrix) {
        precondition(rows.columns == width, "a matrix of \(rows.columns) columns for rows of \(width)")
        guard let functionals else {
            frameExtractor.finish(into: &rows)
            return
        }
        frameExtractor.finish(into: &collected)
        if let row = try? functionals.row(of: collected) {
            rows.append(rows: row)
        }
        collected = Matrix(rows: 0, columns: collected.columns)
    }
}
