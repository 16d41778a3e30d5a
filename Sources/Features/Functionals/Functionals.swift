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
    private let settings: FunctionalsOptions
    private let layout: FunctionalsLayout
    private let frameWidth: Int
    /// The column of the energy, and the first of the two columns of the pitch, if there is one.
    private let energy: Int
    private let pitch: Int?
    /// How much each column changes if the log energy increases by 1.
    private let levelFactors: [Float]
    private let hop: Double

    /// The name of every value in a row, for instance `mfcc_3_delta_p90`.
    package var names: [String] { options.columnNames }

    /// - Throws: `FeatureError.option` if the options have no functionals, or if an option is invalid.
    package init(_ options: FeatureOptions) throws(FeatureError) {
        try options.validate()
        guard let settings = options.functionals else {
            throw .option(name: "functionals", value: "false", allowed: "true, or a mapping of its own options")
        }
        self.init(valid: options, settings)
    }

    /// - Parameters:
    ///   - options: valid options.
    ///   - settings: the functionals of these options.
    init(valid options: FeatureOptions, _ settings: FunctionalsOptions) {
        self.options = options
        self.settings = settings
        let frameOptions = options.frameOptions
        self.frameOptions = frameOptions
        layout = FunctionalsLayout(options, settings)
        width = layout.width
        frameWidth = frameOptions.width
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
        let energies = column(energy, of: frames, range)
        let level = level(of: frames, range: range)
        let kept = trimmed(energies, level: level, range)
        let voiced = pitch.map { pitch in column(pitch + 1, of: frames, kept).map { $0 > 0.5 } } ?? []
        let voicedFrames = voiced.indices.filter { voiced[$0] }

        var row: [Float] = []
        row.reserveCapacity(width)
        var statistics = ColumnStatistics()
        var values: [Float] = []
        var slopes: [Float] = []
        var relations = ColumnRelations()
        for group in layout.groups {
            if group.order == 0 && !group.isVoicedOnly {
                values = column(group.column, of: frames, kept)
                if settings.level { shift(&values, by: -level * levelFactors[group.column]) }
                if group.column == pitch { bridge(&values, voicedFrames) }
                if layout.hasRelations && layout.related.contains(group.column) { relations.append(values) }
            }
            let source: [Float]
            if group.isVoicedOnly {
                source = voicedFrames.count < Functionals.fewestVoiced ? values : voicedFrames.map { values[$0] }
            } else if group.order == 0 {
                source = values
            } else {
                slopes = regression(group.order == 1 ? values : slopes)
                source = slopes
            }
            withUnsafeTemporaryAllocation(of: Float.self, capacity: FunctionalsLayout.statistics.count) { output in
                statistics.measure(source, into: output)
                row.append(contentsOf: output)
            }
        }
        row += relations.autocorrelations(layout.lags)
        if layout.hasCorrelations { row += relations.correlations }
        if layout.hasRhythm {
            row += Rhythm(voiced: voiced, hop: hop).values
        }
        return row
    }

    /// The loudness of a range of frames: the 95th percentile of their log energy.
    package func level(of frames: Matrix, range: Range<Int>) -> Float {
        ColumnStatistics.percentile(0.95, ofSorted: column(energy, of: frames, range).sorted())
    }

    private func column(_ column: Int, of frames: Matrix, _ range: Range<Int>) -> [Float] {
        frames.elements.withUnsafeBufferPointer { elements in
            range.map { elements[$0 * frameWidth + column] }
        }
    }

    /// The frames from the first to the last that is loud enough. The result is not empty: the loudest frame is always loud enough.
    private func trimmed(_ energies: [Float], level: Float, _ range: Range<Int>) -> Range<Int> {
        guard settings.trim > 0 else { return range }
        let threshold = level - Float(settings.trim * log(10) / 10)
        guard let first = energies.firstIndex(where: { $0 > threshold }), let last = energies.lastIndex(where: { $0 > threshold }) else {
            return range
        }
        return range.lowerBound + first..<range.lowerBound + last + 1
    }

    private func shift(_ values: inout [Float], by amount: Float) {
        guard amount != 0 else { return }
        for index in values.indices { values[index] += amount }
    }

    /// Interpolates linearly between voiced frames, and repeats the first and the last voiced value outwards.
    private func bridge(_ values: inout [Float], _ voiced: [Int]) {
        guard let first = voiced.first, let last = voiced.last else { return }
        for index in 0..<first { values[index] = values[first] }
        for index in last + 1..<max(last + 1, values.count) { values[index] = values[last] }
        for (start, end) in zip(voiced, voiced.dropFirst()) where end > start + 1 {
            let step = (values[end] - values[start]) / Float(end - start)
            for index in start + 1..<end { values[index] = values[start] + Float(index - start) * step }
        }
    }

    /// The deltas of a column, by the equation of `DeltaRegression`.
    ///
    /// This does not use its kernel `ck_slopes`, which uses fused multiply-add where the processor has it: with a `deltaWindow` of 3 or
    /// more, the last bits would change, and with them the features of trained models.
    private func regression(_ values: [Float]) -> [Float] {
        let reach = options.deltaWindow
        let divisor = 2 * (1...reach).reduce(0) { $0 + Float($1 * $1) }
        let last = values.count - 1
        return values.withUnsafeBufferPointer { values in
            values.indices.map { index in
                var sum: Float = 0
                for n in 1...reach {
                    sum += Float(n) * (values[min(index + n, last)] - values[max(index - n, 0)])
                }
                return sum / divisor
            }
        }
    }
}
