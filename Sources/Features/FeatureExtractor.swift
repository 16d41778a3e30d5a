import Tensors

/// Computes features of a recording as its samples arrive; what comes out does not depend on how they are cut into chunks.
///
///     var extractor = try FeatureExtractor(FeatureOptions())
///     var frames = Matrix(rows: 0, columns: extractor.width)
///     while let chunk = microphone.next() {
///         try extractor.push(chunk, into: &frames)        // appends the frames that have become complete
///     }
///     extractor.finish(into: &frames)                     // appends the last ones; ready for the next recording
///
/// Samples are mono, at `options.sampleRate`, in −1 … 1. The stages, in their order: a buffer that cuts frames (here), the power
/// spectrum (`PowerSpectrum`), the kinds of features (`FrameFeature`), the deltas (`DeltaRegression`).
/// They work on blocks of up to 16 frames, so memory does not grow with the recording: some 50 KB. A copy is independent of its original.
public struct FeatureExtractor: Sendable {
    /// What is computed.
    public let options: FeatureOptions
    /// Numbers in a frame.
    public let width: Int
    /// Samples taken since the recording began.
    public private(set) var sampleCount = 0

    /// Frames that go through the stages together at most.
    private static let blockFrames = 16

    private let window: Int
    private let hop: Int
    /// The sample before the next frame, then as many of its samples and the following as are there; `pendingCount` in all.
    private var pending: [Float]
    private var pendingCount = 1
    private var spectrum: PowerSpectrum
    private let kinds: [any FrameFeature]
    private let needsPower: Bool
    private var regressions: [DeltaRegression]
    /// Power spectra of a block, frames are rows.
    private var power: [Float]
    /// Rows of a block after the static features (first) and after each order of deltas.
    private var rows: [[Float]]

    /// - Throws: `FeatureError.option`
    public init(_ options: FeatureOptions) throws(FeatureError) {
        try options.validate()
        self.options = options
        width = options.width
        window = options.windowSamples
        hop = options.hopSamples
        let block = FeatureExtractor.blockFrames
        pending = [Float](repeating: 0, count: 1 + window + (block - 1) * hop)
        spectrum = PowerSpectrum(options)
        kinds = options.kinds.map { $0.measure(options) }
        needsPower = kinds.contains(where: \.needsPower)
        let staticWidth = options.staticWidth
        regressions = (0..<options.deltas).map { order in
            DeltaRegression(width: (1 + order) * staticWidth, slopes: staticWidth, reach: options.deltaWindow)
        }
        power = [Float](repeating: 0, count: block * spectrum.bins)
        // At the end a stage gives up to `deltaWindow` rows at once.
        let mostRows = max(block, options.deltaWindow)
        rows = (0...options.deltas).map { [Float](repeating: 0, count: mostRows * (1 + $0) * staticWidth) }
    }

    /// Takes the next samples and appends the frames that have become complete; `frames` must have `width` columns.
    ///
    /// - Throws: `FeatureError.notFinite`; then nothing has been taken or appended.
    public mutating func push(_ samples: [Float], into frames: inout Matrix) throws(FeatureError) {
        try samples.withUnsafeBufferPointer { samples throws(FeatureError) in
            try push(samples, into: &frames)
        }
    }

    /// The same for samples that lie in memory of another owner.
    public mutating func push(_ samples: UnsafeBufferPointer<Float>, into frames: inout Matrix) throws(FeatureError) {
        precondition(frames.columns == width, "a matrix of \(frames.columns) columns for frames of \(width)")
        if let position = samples.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(file: nil, sample: sampleCount + position)
        }
        var taken = 0
        while taken < samples.count {
            let count = min(samples.count - taken, pending.count - pendingCount)
            pending.withUnsafeMutableBufferPointer { pending in
                for index in 0..<count {
                    pending[pendingCount + index] = samples[taken + index]
                }
            }
            pendingCount += count
            taken += count
            analyseCompleteFrames(into: &frames)
        }
        sampleCount += samples.count
    }

    /// Appends the frames that waited for samples to come, and forgets the recording: the next `push` starts another.
    public mutating func finish(into frames: inout Matrix) {
        precondition(frames.columns == width, "a matrix of \(frames.columns) columns for frames of \(width)")
        for order in regressions.indices {
            let count = finishRegression(order)
            passOn(count, from: order + 1, into: &frames)
        }
        pending[0] = 0
        pendingCount = 1
        sampleCount = 0
    }

    /// Sends the complete frames in `pending` through all stages, and keeps what later frames need.
    private mutating func analyseCompleteFrames(into frames: inout Matrix) {
        let count = options.frameCount(samples: pendingCount - 1)
        guard count > 0 else { return }
        if needsPower { computePower(count) }
        measureKinds(count)
        passOn(count, from: 0, into: &frames)
        let done = count * hop
        pending.withUnsafeMutableBufferPointer { pending in
            for index in done..<pendingCount {
                pending[index - done] = pending[index]
            }
        }
        pendingCount -= done
    }

    private mutating func computePower(_ count: Int) {
        let bins = spectrum.bins
        pending.withUnsafeBufferPointer { pending in
            power.withUnsafeMutableBufferPointer { power in
                for frame in 0..<count {
                    spectrum.apply(
                        UnsafeBufferPointer(rebasing: pending[frame * hop..<frame * hop + window + 1]),
                        into: UnsafeMutableBufferPointer(rebasing: power[frame * bins..<(frame + 1) * bins]))
                }
            }
        }
    }

    private mutating func measureKinds(_ count: Int) {
        let stride = options.staticWidth
        pending.withUnsafeBufferPointer { pending in
            power.withUnsafeBufferPointer { power in
                let block = FrameBlock(
                    count: count, hop: hop, window: window, bins: spectrum.bins,
                    samples: UnsafeBufferPointer(rebasing: pending[1...]), power: power)
                rows[0].withUnsafeMutableBufferPointer { rows in
                    var column = 0
                    for kind in kinds {
                        kind.measure(block, into: rows, column: column, stride: stride)
                        column += kind.width
                    }
                }
            }
        }
    }

    /// Sends the first `count` rows of `rows[stage]` through the orders of deltas that follow, and appends what comes out.
    private mutating func passOn(_ count: Int, from stage: Int, into frames: inout Matrix) {
        var count = count
        for order in stage..<regressions.count {
            count = pushRegression(order, count: count)
        }
        rows[regressions.count].withUnsafeBufferPointer { rows in
            frames.append(rows: UnsafeBufferPointer(rebasing: rows[..<(count * width)]))
        }
    }

    private mutating func pushRegression(_ order: Int, count: Int) -> Int {
        let source = rows[order]
        return source.withUnsafeBufferPointer { source in
            rows[order + 1].withUnsafeMutableBufferPointer { regressions[order].push(source, count: count, into: $0) }
        }
    }

    private mutating func finishRegression(_ order: Int) -> Int {
        rows[order + 1].withUnsafeMutableBufferPointer { regressions[order].finish(into: $0) }
    }
}
