import Tensors

/// Computes the frames of a recording as its samples arrive: what `FeatureExtractor` gives where there are no functionals.
///
/// The stages, in their order: a buffer that cuts frames (here), the power spectrum (`PowerSpectrum`), the kinds of features
/// (`FrameFeature`), the voice (`VoiceTracking`), the deltas (`DeltaRegression`). They work on blocks of up to 16 frames, so memory does not
/// grow with the recording: some 50 KB. A copy is independent of its original.
struct FrameExtractor: Sendable {
    /// What is computed.
    let options: FeatureOptions
    /// Numbers in a frame.
    let width: Int
    /// Samples taken since the recording began.
    private(set) var sampleCount = 0

    /// Frames that go through the stages together at most.
    private static let blockFrames = 16

    private let window: Int
    private let hop: Int
    /// Samples that a frame needs before its start and behind its end: pre-emphasis needs one before, pitch some on both sides.
    /// Before and behind the recording they are zero.
    private let before: Int
    private let after: Int
    /// The samples before the next frame, then as many of its samples and the following as are there; `pendingCount` in all.
    private var pending: [Float]
    private var pendingCount: Int
    private var spectrum: PowerSpectrum
    /// The kinds that are measured of each frame by itself, and their first columns.
    private let kinds: [(feature: any FrameFeature, column: Int)]
    private let needsPower: Bool
    private var tracking: VoiceTracking?
    /// Rows of a block before the voice is followed; none where no kind follows it.
    private var untracked: [Float]
    private var regressions: [DeltaRegression]
    /// Power spectra of a block, frames are rows.
    private var power: [Float]
    /// Rows of a block after the static features (first) and after each order of deltas.
    private var rows: [[Float]]

    /// - Throws: `FeatureError.option`
    init(_ options: FeatureOptions) throws(FeatureError) {
        try options.validate()
        self.options = options
        width = options.width
        window = options.windowSamples
        hop = options.hopSamples
        let block = FrameExtractor.blockFrames
        let layout = options.voiceTracking
        before = max(1, layout?.samplesBefore ?? 0)
        after = layout?.samplesAfter ?? 0
        pending = [Float](repeating: 0, count: before + window + (block - 1) * hop + after)
        pendingCount = before
        spectrum = PowerSpectrum(options)
        var kinds: [(feature: any FrameFeature, column: Int)] = []
        var column = 0
        for kind in options.kinds {
            if let feature = kind.measure(options) { kinds.append((feature, column)) }
            column += kind.width(options)
        }
        self.kinds = kinds
        needsPower = kinds.contains(where: \.feature.needsPower)
        let staticWidth = options.staticWidth
        tracking = VoiceTracking(options)
        untracked = [Float](repeating: 0, count: tracking == nil ? 0 : block * staticWidth)
        regressions = (0..<options.deltas).map { order in
            DeltaRegression(width: (1 + order) * staticWidth, slopes: staticWidth, reach: options.deltaWindow)
        }
        power = [Float](repeating: 0, count: block * spectrum.bins)
        // At the end a stage gives as many rows at once as it held back.
        let mostRows = max(block, options.deltaWindow, layout?.delay ?? 0)
        rows = (0...options.deltas).map { [Float](repeating: 0, count: mostRows * (1 + $0) * staticWidth) }
    }

    /// Samples lie in −1 … 1. Beyond this their energies would leave the range of numbers.
    private static let loudest: Float = 1e6

    /// Takes the next samples and appends the frames that have become complete; `frames` must have `width` columns.
    ///
    /// - Throws: `FeatureError.notFinite`; then nothing has been taken or appended.
    mutating func push(_ samples: UnsafeBufferPointer<Float>, into frames: inout Matrix) throws(FeatureError) {
        if let position = samples.firstIndex(where: { !(abs($0) <= Self.loudest) }) {
            throw .notFinite(file: nil, sample: sampleCount + position)
        }
        take(samples, into: &frames)
        sampleCount += samples.count
    }

    /// Appends the frames that waited for samples to come, and forgets the recording: the next `push` starts another.
    mutating func finish(into frames: inout Matrix) {
        [Float](repeating: 0, count: after).withUnsafeBufferPointer { take($0, into: &frames) }
        if tracking != nil {
            passOn(finishTracking(), from: 0, into: &frames)
        }
        for order in regressions.indices {
            let count = finishRegression(order)
            passOn(count, from: order + 1, into: &frames)
        }
        for index in 0..<before { pending[index] = 0 }
        pendingCount = before
        sampleCount = 0
    }

    private mutating func take(_ samples: UnsafeBufferPointer<Float>, into frames: inout Matrix) {
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
    }

    /// Sends the complete frames in `pending` through all stages, and keeps what later frames need.
    private mutating func analyseCompleteFrames(into frames: inout Matrix) {
        let count = options.frameCount(samples: pendingCount - before - after)
        guard count > 0 else { return }
        if needsPower { computePower(count) }
        passOn(measureKinds(count), from: 0, into: &frames)
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
                    let first = before - 1 + frame * hop
                    spectrum.apply(
                        UnsafeBufferPointer(rebasing: pending[first..<first + window + 1]),
                        into: UnsafeMutableBufferPointer(rebasing: power[frame * bins..<(frame + 1) * bins]))
                }
            }
        }
    }

    /// Measures a block of frames and writes the rows that are complete with it to `rows[0]`; returns their number.
    private mutating func measureKinds(_ count: Int) -> Int {
        let stride = options.staticWidth
        return pending.withUnsafeBufferPointer { pending in
            power.withUnsafeBufferPointer { power in
                let block = FrameBlock(
                    count: count, hop: hop, window: window, bins: spectrum.bins, before: before, samples: pending, power: power)
                func measure(into rows: UnsafeMutableBufferPointer<Float>) {
                    for kind in kinds {
                        kind.feature.measure(block, into: rows, column: kind.column, stride: stride)
                    }
                }
                return rows[0].withUnsafeMutableBufferPointer { rows in
                    guard tracking != nil else {
                        measure(into: rows)
                        return count
                    }
                    untracked.withUnsafeMutableBufferPointer { measure(into: $0) }
                    return untracked.withUnsafeBufferPointer { tracking?.push($0, block, into: rows) ?? 0 }
                }
            }
        }
    }

    private mutating func finishTracking() -> Int {
        rows[0].withUnsafeMutableBufferPointer { tracking?.finish(into: $0) ?? 0 }
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
