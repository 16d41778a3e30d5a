/// Which statistics are taken of which columns, in the order in which they stand in a row.
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
    let hasRhythm: Bool

    /// Numbers in a row.
    var width: Int { groups.count * Self.statistics.count + (hasRhythm ? Self.rhythm.count : 0) }

    /// Groups are sorted by column, so that a column is gathered once.
    init(_ options: FeatureOptions, _ functionals: FunctionalsOptions) {
        let hasPitch = options.kinds.contains(.pitch)
        hasRhythm = functionals.rhythm && hasPitch
        var groups: [Group] = []
        var column = 0
        for kind in options.kinds {
            // The bands say what the cepstrum says, at three times its width.
            let isBroad = kind == .fbank
            for _ in 0..<kind.width(options) {
                for order in 0...(isBroad ? min(options.deltas, 1) : options.deltas) {
                    groups.append(Group(column: column, order: order, isVoicedOnly: false))
                }
                if functionals.voiced && hasPitch && !isBroad {
                    groups.append(Group(column: column, order: 0, isVoicedOnly: true))
                }
                column += 1
            }
        }
        self.groups = groups
    }

    /// The name of every number in a row; made when asked for, as thousands of texts take longer than the statistics of a second of speech.
    ///
    /// - Parameter columns: the names of the columns.
    func names(_ columns: [String]) -> [String] {
        groups.flatMap { group in
            let name = columns[group.column] + (group.isVoicedOnly ? "_voiced" : ["", "_delta", "_delta2"][group.order])
            return Self.statistics.map { name + "_" + $0 }
        } + (hasRhythm ? Self.rhythm : [])
    }
}
