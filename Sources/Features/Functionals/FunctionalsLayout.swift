/// The order of the values in a row of functionals: which statistics are computed for which columns.
struct FunctionalsLayout: Sendable {
    /// The statistics of one column of the frames, of its deltas or of its accelerations.
    struct Group: Sendable {
        let column: Int
        /// 0 for the column itself, 1 for its deltas, 2 for its accelerations.
        let order: Int
        let isVoicedOnly: Bool
    }

    /// The names of the statistics of each group, in order.
    static let statistics = [
        "mean", "deviation", "skewness", "kurtosis", "p1", "p10", "p25", "median", "p75", "p90", "p99", "range", "iqr", "slope", "residual",
        "step", "crossings",
    ]

    static let rhythm = [
        "voiced_part", "voiced_segments_per_second", "voiced_segment_mean", "voiced_segment_deviation", "voiced_segment_longest",
        "unvoiced_segment_mean", "unvoiced_segment_deviation", "log_duration",
    ]

    let groups: [Group]
    /// The columns that have autocorrelations and correlations: all except bands.
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
            // Bands carry the same information as the cepstrum, with three times as many columns.
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

    /// The name of every value in a row. Names are built on demand: building thousands of strings takes longer than the statistics of a
    /// second of speech.
    ///
    /// - Parameter columns: the names of the frames' columns.
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
