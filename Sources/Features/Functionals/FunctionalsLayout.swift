/// Which statistics are taken of which columns, in their order in a row.
struct FunctionalsLayout: Sendable {
    /// Statistics of one column of the frames, or of its deltas.
    struct Group: Sendable {
        let column: Int
        /// 0 the column itself, 1 its deltas, 2 its accelerations.
        let order: Int
        let isVoicedOnly: Bool
    }

    /// The statistics of each group, in their order.
    static let statistics = [
        "mean", "deviation", "skewness", "kurtosis", "p1", "p10", "p25", "median", "p75", "p90", "p99", "range", "iqr", "slope", "residual",
        "step", "crossings",
    ]

    static let rhythm = [
        "voiced_part", "voiced_segments_per_second", "voiced_segment_mean", "voiced_segment_deviation", "voiced_segment_longest",
        "unvoiced_segment_mean", "unvoiced_segment_deviation", "log_duration",
    ]

    let groups: [Group]
    /// The columns whose autocorrelations and correlations are taken: all but bands.
    let related: [Int]
    /// Lags of the autocorrelations, in frames.
    let lags: [Int]
    let hasCorrelations: Bool
    var hasRelations: Bool { hasCorrelations || !lags.isEmpty }
    let hasRhythm: Bool

    /// Values per row: the statistics of the groups, autocorrelations column by column, correlations of each column with those after it, rhythm.
    var width: Int {
        let pairs = hasCorrelations ? related.count * (related.count - 1) / 2 : 0
        return groups.count * Self.statistics.count + related.count * lags.count + pairs + (hasRhythm ? Self.rhythm.count : 0)
    }

    /// Groups are sorted by column, so that a column is gathered once.
    init(_ options: FeatureOptions, _ functionals: FunctionalsOptions) {
        let hasPitch = options.kinds.contains(.pitch)
        hasRhythm = functionals.rhythm && hasPitch
        hasCorrelations = functionals.correlations
        lags = functionals.lagFrames(hop: options.startTime(ofFrame: 1))
        var groups: [Group] = []
        var related: [Int] = []
        var column = 0
        for kind in options.kinds {
            // The bands say what the cepstrum says, at three times its width.
            let isBroad = kind.isSpectrum
            for _ in 0..<kind.width(options) {
                for order in 0...(isBroad ? min(options.deltas, 1) : options.deltas) {
                    groups.append(Group(column: column, order: order, isVoicedOnly: false))
                }
                if functionals.voiced && hasPitch && !isBroad {
                    groups.append(Group(column: column, order: 0, isVoicedOnly: true))
                }
                if !isBroad { related.append(column) }
                column += 1
            }
        }
        self.groups = groups
        self.related = related
    }

    /// The name of every number in a row; made when asked for, as thousands of texts take longer than the statistics of a second of speech.
    ///
    /// - Parameter columns: the names of the columns.
    func names(_ columns: [String]) -> [String] {
        var names = groups.flatMap { group in
            let name = columns[group.column] + (group.isVoicedOnly ? "_voiced" : ["", "_delta", "_delta2"][group.order])
            return Self.statistics.map { name + "_" + $0 }
        }
        for column in related { names += lags.map { "\(columns[column])_lag_\($0)" } }
        if hasCorrelations {
            for (index, column) in related.enumerated() {
                names += related[(index + 1)...].map { "\(columns[column])_with_\(columns[$0])" }
            }
        }
        return names + (hasRhythm ? Self.rhythm : [])
    }
}
