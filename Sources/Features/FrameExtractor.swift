import StimmungAudio
import StimmungTensors

/// Computes the frames of a recording as its samples arrive: a `FeatureExtractor` without functionals.
///
/// The stages in order: the high-pass (`HighPass`), framing (here), the power spectrum (`PowerSpectrum`), the level (`LevelTracker`), the
/// kinds of features (`FrameFeature`), the voice (`VoiceTracking`), the deltas (`DeltaRegression`). They work on blocks of up to 32 frames,
/// so memory does not grow with the recording: about 120 KB. A copy is independent of its original.
struct FrameExtractor: Sendable {
    /// The options of the front end.
    let options: FeatureOptions
    /// Values per frame.
    let width: Int
    /// Samples received since the start of the recording.
    private(set) var sampleCount = 0

    /// Maximum number of frames per block.
    private static let blockFrames = 32

    private let window: Int
    private let hop: Int
    /// Samples that a frame needs before its start and after its end: pre-emphasis needs one before, pitch needs some on both sides.
    /// Outside the recording they are zero.
    private let before: Int
    private let after: Int
    /// The `before` samples preceding the next frame, then all samples received from its start on; `pendingCount` in all.
    private var pending: [Float]
    private var pendingCount: Int
    private var highPass: HighPass?
    private var level: LevelTracker
    private var spectrum: PowerSpectrum
    /// The kinds that are measured frame by frame, and their first columns.
    private let kinds: [(feature: any FrameFeature, column: Int)]
    private let needsPower: Bool
    /// Values per frame without deltas.
    private let staticWidth: Int
    private var tracking: VoiceTracking?
    /// Rows of a block before voice tracking; empty if no kind needs it.
    private var untracked: [Float]
    private var regression: DeltaRegression
    /// Power spectra of a block, in the layout of `FrameBlock.power`.
    private var power: [Float]
    /// The floors of a block's frames, as `FrameBlock.floors`.
    private var floors: [Float]
    /// Rows of a block without deltas.
    private var rows: [Float]

    /// - Parameter options: valid options without functionals.
    init(valid options: FeatureOptions) {
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
        highPass = options.highPass > 0 ? HighPass(cutoff: options.highPass, sampleRate: options.sampleRate) : nil
        level = LevelTracker(options)
        floors = [Float](repeating: level.floor, count: block)
        spectrum = PowerSpectrum(options, frames: block)
        var kinds: [(feature: any FrameFeature, column: Int)] = []
        var column = 0
        for kind in options.kinds {
            if case .frame(let feature) = kind.measure { kinds.append((feature.init(options), column)) }
            column += kind.width(options)
        }
        self.kinds = kinds
        needsPower = kinds.contains { type(of: $0.feature).needsPower }
        staticWidth = column
        tracking = VoiceTracking(options)
        untracked = [Float](repeating: 0, count: tracking == nil ? 0 : block * staticWidth)
        regression = DeltaRegression(width: staticWidth, orders: options.deltas, reach: options.deltaWindow)
        power = [Float](repeating: 0, count: needsPower ? block * spectrum.bins : 0)
        // At the end, voice tracking returns all its pending rows at once.
        rows = [Float](repeating: 0, count: max(block, layout?.delay ?? 0) * staticWidth)
    }

    /// Processes the next samples and appends the frames that have become complete; `frames` must have `width` columns.
    ///
    /// - Throws: `FeatureError.notFinite` if a sample is not finite or far out of range; the state is then unchanged.
    mutating func push(_ samples: UnsafeBufferPointer<Float>, into frames: inout Matrix) throws(FeatureError) {
        try FrontEnd.check(samples, position: sampleCount)
        if highPass == nil {
            take(samples, into: &frames)
        } else {
            var filtered = Array(samples)
            highPass?.process(&filtered)
            filtered.withUnsafeBufferPointer { take($0, into: &frames) }
        }
        sampleCount += samples.count
    }

    /// The same for finite samples after the high-pass.
    mutating func push(filtered samples: [Float], into frames: inout Matrix) {
        samples.withUnsafeBufferPointer { take($0, into: &frames) }
        sampleCount += samples.count
    }

    /// Appends the remaining frames and resets the state: the next `push` starts another recording.
    mutating func finish(into frames: inout Matrix) {
        [Float](repeating: 0, count: after).withUnsafeBufferPointer { take($0, into: &frames) }
        if tracking != nil {
            passOn(finishTracking(), into: &frames)
        }
        regression.finish(into: &frames)
        highPass?.reset()
        level.reset()
        for index in 0..<before { pending[index] = 0 }
        pendingCount = before
        sampleCount = 0
    }

    private mutating func take(_ samples: UnsafeBufferPointer<Float>, into frames: inout Matrix) {
        var taken = 0
        while taken < samples.count {
            let count = min(samples.count - taken, pending.count - pendingCount)
            pending.withUnsafeMutableBufferPointer { pending in
                // Both buffers have room for `count` samples from these positions.
                guard let target = pending.baseAddress, let source = samples.baseAddress else { return }
                (target + pendingCount).update(from: source + taken, count: count)
            }
            pendingCount += count
            taken += count
            analyseCompleteFrames(into: &frames)
        }
    }

    /// Sends the complete frames in `pending` through all stages and keeps the samples that later frames need.
    private mutating func analyseCompleteFrames(into frames: inout Matrix) {
        let count = options.frameCount(samples: pendingCount - before - after)
        guard count > 0 else { return }
        if needsPower { computePower(count) }
        if options.relativeFloor { trackLevel(count) }
        passOn(measureKinds(count), into: &frames)
        let done = count * hop
        pending.withUnsafeMutableBufferPointer { pending in
            // Source and destination overlap, which `update` allows.
            guard let start = pending.baseAddress else { return }
            start.update(from: start + done, count: pendingCount - done)
        }
        pendingCount -= done
    }

    private mutating func trackLevel(_ count: Int) {
        pending.withUnsafeBufferPointer { pending in
            for frame in 0..<count {
                let first = before + frame * hop
                floors[frame] = level.push(UnsafeBufferPointer(rebasing: pending[first..<first + window]))
            }
        }
    }

    private mutating func computePower(_ count: Int) {
        pending.withUnsafeBufferPointer { pending in
            power.withUnsafeMutableBufferPointer { power in
                let samples = UnsafeBufferPointer(rebasing: pending[before - 1..<before + (count - 1) * hop + window])
                spectrum.apply(samples, count: count, into: power)
            }
        }
    }

    /// Measures a block of frames and writes the completed rows to `rows`; returns their number.
    private mutating func measureKinds(_ count: Int) -> Int {
        return pending.withUnsafeBufferPointer { pending in
            power.withUnsafeBufferPointer { power in
                floors.withUnsafeBufferPointer { floors in
                    let block = FrameBlock(
                        count: count, hop: hop, window: window, bins: spectrum.bins, before: before, samples: pending, power: power,
                        floors: floors)
                    return measureKinds(block)
                }
            }
        }
    }

    private mutating func measureKinds(_ block: FrameBlock) -> Int {
        func measure(into rows: UnsafeMutableBufferPointer<Float>) {
            for kind in kinds {
                kind.feature.measure(block, into: rows, column: kind.column, stride: staticWidth)
            }
        }
        return rows.withUnsafeMutableBufferPointer { rows in
            guard tracking != nil else {
                measure(into: rows)
                return block.count
            }
            untracked.withUnsafeMutableBufferPointer { measure(into: $0) }
            return untracked.withUnsafeBufferPointer { tracking?.push($0, block, into: rows) ?? 0 }
        }
    }

    private mutating func finishTracking() -> Int {
        rows.withUnsafeMutableBufferPointer { tracking?.finish(into: $0) ?? 0 }
    }

    /// Sends the first `count` rows through the deltas and appends the completed frames.
    private mutating func passOn(_ count: Int, into frames: inout Matrix) {
        rows.withUnsafeBufferPointer { rows in
            regression.push(UnsafeBufferPointer(rebasing: rows[..<(count * staticWidth)]), into: &frames)
        }
    }
}
