import func Foundation.log
import StimmungTensors

/// Statistics of all frames of an utterance: one row instead of many, for classifiers without memory.
///
///     var options = FeatureOptions.utterance
///     let frontEnd = try FrontEnd(options)
///     let row = try frontEnd.features(of: AudioSegment(path: "call.wav"))                  // 1 × 2456
///     let frames = try frontEnd.ofFrames.features(of: AudioSegment(path: "call.wav"))      // T × 56
///     try frontEnd.functionals?.row(of: frames) == row.row(0)
///     try frontEnd.functionals?.row(of: frames, range: 100..<400)                          // three seconds of it
///
/// With the default kinds, a row has 17 statistics (`FunctionalsLayout.statistics`) for each of the 56 columns and their deltas. The 16
/// columns that are not bands also have them for accelerations and for voiced frames only. Eight values of rhythm follow.
///
/// First, the loudness is subtracted from the energies, quiet frames are trimmed at both ends (`FunctionalsOptions`), and the pitch contour
/// is interpolated linearly between voiced frames. All values are finite for any frames. With fewer than five voiced frames, the statistics
/// of voiced frames are those of all frames.
package struct Functionals: Sendable {
    /// Minimum number of voiced frames for statistics of their own.
    private static let fewestVoiced = 5

    /// The options of the front end.
    package let options: FeatureOptions
    /// The options that the frames must be computed with.
    package let frameOptions: FeatureOptions
    /// Values per row.
    package let width: Int
    /// nil for statistics of an encoder's frames only.
    private let settings: FunctionalsOptions?
    private let layout: FunctionalsLayout?
    private let encoder: PooledEncoder?
    /// The first column of the samples that the encoder hears.
    private let samples: Int
    private let blocks: [ColumnBlock]
    private let frameWidth: Int
    /// The column of the energy, and the first of the two columns of the pitch, if there is one.
    private let energy: Int
    private let pitch: Int?
    /// How much each column changes if the log energy increases by 1.
    private let levelFactors: [Float]
    private let hop: Double

    /// Whether the row has statistics of an encoder's frames.
    package var hasEncoder: Bool { encoder != nil }

    /// The name of every value in a row, for instance `mfcc_3_delta_p90`.
    package var names: [String] { options.columnNames }

    /// - Throws: `FeatureError.option` if the options have no functionals, or if an option is invalid.
    package init(_ options: FeatureOptions) throws(FeatureError) {
        try options.validate()
        guard let settings = options.functionals else {
            throw .option(name: "functionals", value: "false", allowed: "true, or a mapping of its own options")
        }
        self.init(valid: options, settings, nil)
    }

    /// - Parameters:
    ///   - options: valid options.
    ///   - settings: the functionals of these options.
    ///   - encoder: the encoder of these options.
    init(valid options: FeatureOptions, _ settings: FunctionalsOptions?, _ encoder: PooledEncoder?) {
        self.options = options
        self.settings = settings
        let frameOptions = options.frameOptions
        self.frameOptions = frameOptions
        self.encoder = encoder
        let layout = settings.map { FunctionalsLayout(options, $0) }
        self.layout = layout
        blocks = layout.map { ColumnBlock.blocks(of: $0) } ?? []
        width = (layout?.width ?? 0) + (encoder?.width ?? 0)
        frameWidth = frameOptions.width
        samples = frameWidth - frameOptions.hopSamples
        hop = frameOptions.startTime(ofFrame: 1)
        var first: [FeatureKind: Int] = [:]
        var factors: [Float] = []
        for kind in frameOptions.kinds {
            first[kind] = factors.count
            factors += kind.levelFactors(frameOptions)
        }
        energy = first[.energy] ?? 0
        pitch = first[.pitch]
        levelFactors = factors
    }

    /// The functionals of frames that were computed with `frameOptions`: `width` values.
    ///
    /// - Parameter range: the frames to use; `nil` means all.
    /// - Throws: `FeatureError.tooShort` if there are no frames.
    package func row(of frames: Matrix, range: Range<Int>? = nil) throws(FeatureError) -> [Float] {
        let range = range ?? 0..<frames.rows
        guard !range.isEmpty else { throw .tooShort(file: nil, samples: 0, needed: frameOptions.windowSamples) }
        return row(of: frames, frames: range)
    }

    /// The same for a range of at least one frame.
    func row(of frames: Matrix, frames range: Range<Int>) -> [Float] {
        precondition(frames.columns == frameWidth, "frames have \(frames.columns) columns, but functionals need \(frameWidth)")
        precondition(
            range.lowerBound >= 0 && range.upperBound <= frames.rows && !range.isEmpty, "frames \(range) of \(frames.rows)")
        let own = encoder?.row(of: samples(of: frames, range)) ?? []
        guard let settings, let layout else { return own }
        let energies = column(energy, of: frames, range)
        let level = level(of: frames, range: range)
        let kept = trimmed(energies, by: settings.trim, level: level, range)
        let voiced = pitch.map { pitch in column(pitch + 1, of: frames, kept).map { $0 > 0.5 } } ?? []
        let voicedFrames = voiced.indices.filter { voiced[$0] }

        var row = [Float](repeating: 0, count: layout.groups.count * FunctionalsLayout.statistics.count)
        row.reserveCapacity(width)
        var relations = ColumnRelations()
        var measurement = BlockMeasurement(rows: kept.count)
        for block in blocks {
            let shifts = block.places.map { settings.level ? -level * levelFactors[Int($0)] : 0 }
            measurement.gather(block, of: frames, kept, shifts: shifts)
            for (lane, column) in block.columns.enumerated() where column == pitch { measurement.bridge(lane, voicedFrames) }
            measurement.measureVoiced(block, voicedFrames.count < Functionals.fewestVoiced ? nil : voicedFrames, into: &row)
            measurement.measure(block, into: &row)
            if layout.hasRelations && block.isRelated {
                for lane in block.columns.indices { relations.append(measurement.column(lane), measurement.moments(lane)) }
            }
            measurement.measureSlopes(block, reach: options.deltaWindow, into: &row)
        }
        row += relations.autocorrelations(layout.lags)
        if layout.hasCorrelations { row += relations.correlations }
        if layout.hasRhythm {
            row += Rhythm(voiced: voiced, hop: hop).values
        }
        return row + own
    }

    /// The loudness of a range of frames: the 95th percentile of their log energy.
    package func level(of frames: Matrix, range: Range<Int>) -> Float {
        var sorter = FloatSorter()
        return ColumnStatistics.percentile(0.95, ofSorted: sorter.sorted(column(energy, of: frames, range)))
    }

    private func column(_ column: Int, of frames: Matrix, _ range: Range<Int>) -> [Float] {
        frames.elements.withUnsafeBufferPointer { elements in
            range.map { elements[$0 * frameWidth + column] }
        }
    }

    /// The samples of a range of frames.
    private func samples(of frames: Matrix, _ range: Range<Int>) -> [Float] {
        range.flatMap { frames.elements[$0 * frameWidth + samples..<($0 + 1) * frameWidth] }
    }

    /// The frames from the first to the last that is loud enough. The result is not empty: the loudest frame is always loud enough.
    private func trimmed(_ energies: [Float], by trim: Double, level: Float, _ range: Range<Int>) -> Range<Int> {
        guard trim > 0 else { return range }
        let threshold = level - Float(trim * log(10) / 10)
        guard let first = energies.firstIndex(where: { $0 > threshold }), let last = energies.lastIndex(where: { $0 > threshold }) else {
            return range
        }
        return range.lowerBound + first..<range.lowerBound + last + 1
    }
}
