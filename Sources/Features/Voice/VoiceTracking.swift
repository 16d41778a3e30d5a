/// The position of the samples that the pitch of a frame is measured on, and the delay until it is decided.
struct VoiceTrackingLayout: Sendable {
    /// Look-ahead in seconds before the pitch of a frame is decided: longer than most voiceless consonants.
    private static let lookAhead = 0.12
    /// Maximum look-ahead in frames, for very short hops.
    private static let mostFrames = 100

    /// Look-ahead in frames before a frame is decided.
    let delay: Int
    /// Start of the pitch window, relative to the start of the frame; the window is centred on the frame.
    let pitchStart: Int
    /// Samples in the pitch window.
    let pitchCount: Int
    /// The same for the samples passed to the kinds: three periods of the lowest pitch, six if a kind compares periods, or none.
    let start: Int
    let count: Int
    /// Number of samples needed before the start of the frame and after its end.
    let samplesBefore: Int
    let samplesAfter: Int

    init(_ options: FeatureOptions) {
        delay = min(Self.mostFrames, max(1, Int((Self.lookAhead / options.hop).rounded())))
        pitchCount = PitchCandidates.window(options)
        pitchStart = options.windowSamples / 2 - pitchCount / 2
        count = pitchCount * (options.kinds.compactMap { $0.tracked?.reach }.max() ?? 0)
        start = options.windowSamples / 2 - count / 2
        samplesBefore = max(0, -min(start, pitchStart))
        samplesAfter = max(0, max(start + count, pitchStart + pitchCount) - options.windowSamples)
    }
}

/// Tracks the voice through the frames of a recording and fills in the columns of the kinds that depend on it.
///
/// Takes rows of static features in which those columns are empty, and returns each row complete, `delay` frames later. Memory is a ring
/// buffer of `delay + 1` rows, and the samples around them if a kind needs samples.
struct VoiceTracking: Sendable {
    private let layout: VoiceTrackingLayout
    private let width: Int
    private var candidates: PitchCandidates
    private var path: PitchPath
    /// The kinds, and their columns.
    private var kinds: [any TrackedFeature]
    private let columns: [Range<Int>]
    /// Row `r` of the recording is at `(r mod (delay + 1)) × width`.
    private var rows: [Float]
    /// The samples of row `r` are at `(r mod (delay + 1)) × layout.count`.
    private var samples: [Float]
    private var taken = 0

    /// Returns nil if no kind in `options` tracks the voice.
    init?(_ options: FeatureOptions) {
        guard let layout = options.voiceTracking else { return nil }
        self.layout = layout
        width = options.staticWidth
        candidates = PitchCandidates(options)
        path = PitchPath(options, delay: layout.delay)
        var kinds: [any TrackedFeature] = []
        var columns: [Range<Int>] = []
        var column = 0
        for kind in options.kinds {
            let next = column + kind.width(options)
            if let tracked = kind.tracked {
                kinds.append(tracked.init(options))
                columns.append(column..<next)
            }
            column = next
        }
        self.kinds = kinds
        self.columns = columns
        rows = [Float](repeating: 0, count: (layout.delay + 1) * width)
        samples = [Float](repeating: 0, count: (layout.delay + 1) * layout.count)
    }

    /// Takes rows and writes those that have become complete.
    ///
    /// - Parameters:
    ///   - rows: at least `block.count × width` values.
    ///   - block: the samples of the same frames.
    ///   - output: has room for as many rows.
    /// - Returns: the number of rows written.
    mutating func push(_ rows: UnsafeBufferPointer<Float>, _ block: FrameBlock, into output: UnsafeMutableBufferPointer<Float>) -> Int {
        var written = 0
        for frames in block.ranges {
            let last = FourierTransform.lanes - 1
            // Samples of an earlier block may follow those of the last frame.
            candidates.take(
                block.samples(ofFrame: frames.lowerBound, from: layout.pitchStart, count: last * block.hop + layout.pitchCount),
                hop: block.hop)
            for frame in frames {
                hold(rows, block, frame)
                candidates.find(lane: frame - frames.lowerBound)
                path.push(candidates)
                taken += 1
                if taken > layout.delay {
                    complete(age: layout.delay, output, row: written)
                    written += 1
                }
            }
        }
        return written
    }

    /// Stores a row, and the samples around the frame's middle, until the frame is decided.
    private mutating func hold(_ rows: UnsafeBufferPointer<Float>, _ block: FrameBlock, _ frame: Int) {
        let slot = taken % (layout.delay + 1)
        self.rows.withUnsafeMutableBufferPointer { kept in
            _ = kept[slot * width..<(slot + 1) * width].update(fromContentsOf: rows[frame * width..<(frame + 1) * width])
        }
        guard layout.count > 0 else { return }
        let around = block.samples(ofFrame: frame, from: layout.start, count: layout.count)
        samples.withUnsafeMutableBufferPointer { samples in
            _ = samples[slot * layout.count..<(slot + 1) * layout.count].update(fromContentsOf: around)
        }
    }

    /// Writes the remaining rows at the end of the recording and resets the state.
    ///
    /// - Parameter output: has room for `delay` rows.
    /// - Returns: the number of rows written.
    mutating func finish(into output: UnsafeMutableBufferPointer<Float>) -> Int {
        let left = min(taken, layout.delay)
        for row in 0..<left {
            complete(age: left - 1 - row, output, row: row)
        }
        taken = 0
        path.reset()
        for index in kinds.indices { kinds[index].reset() }
        return left
    }

    /// Fills in the row `age` frames before the newest and writes it.
    private mutating func complete(age: Int, _ output: UnsafeMutableBufferPointer<Float>, row: Int) {
        let slot = (taken - 1 - age) % (layout.delay + 1)
        let point = path.decide(age: age)
        rows.withUnsafeBufferPointer { rows in
            _ = output[row * width..<(row + 1) * width].update(fromContentsOf: rows[slot * width..<(slot + 1) * width])
        }
        samples.withUnsafeBufferPointer { samples in
            let around = UnsafeBufferPointer(rebasing: samples[slot * layout.count..<(slot + 1) * layout.count])
            for index in kinds.indices {
                let first = row * width + columns[index].lowerBound
                let target = UnsafeMutableBufferPointer(rebasing: output[first..<first + columns[index].count])
                kinds[index].measure(point, samples: around, into: target)
            }
        }
    }
}
