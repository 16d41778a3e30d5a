import StimmungSupport

/// Which statistics of its frames represent a recording.
///
/// In a file or an option `functionals: true` takes the defaults, `functionals: {trim: 40}` changes some of them, and `false` has none.
package struct FunctionalsOptions: Sendable, Equatable {
    /// What statistics are taken of if no kinds are named: log-mel bands, cepstrum, energy and pitch.
    package static let kinds: [FeatureKind] = [.fbank, .mfcc, .energy, .pitch]

    /// Takes the loudness of the recording, the 95th percentile of its log energy, away from all energies, so that the distance to the
    /// microphone does not count. Default true.
    package var level = true
    /// Frames this many decibels below the recording's loudness are cut off at both of its ends; 0 cuts nothing. Default 30.
    package var trim = 30.0
    /// Also statistics over the voiced frames alone, of all kinds but `fbank`; only with kind `pitch`. Default true.
    package var voiced = true
    /// Also how long and how often there is voice, and the duration; only with kind `pitch`. Default true.
    package var rhythm = true
    /// Also how much each column, but for those of `fbank`, resembles itself at these times in seconds later: the mean product of its values, less their mean and over their
    /// deviation, that lie so far apart; 0 in recordings shorter than twice as long. Default none.
    package var lags: [Double] = []
    /// Also how much any two columns, but for those of `fbank`, go together: Pearson's correlation. Default false.
    package var correlations = false

    package init() {}

    /// In seconds. Phrases are shorter.
    static let longestLag = 10.0

    /// The lags in frames, `hop` seconds each; 0 for one that cannot be, which `FeatureOptions.validate` refuses.
    func lagFrames(hop: Double) -> [Int] {
        lags.map { $0 > 0 && $0 <= Self.longestLag ? Int(($0 / hop).rounded()) : 0 }
    }
}

extension FunctionalsOptions: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case level, trim, voiced, rhythm, lags, correlations
    }

    package init(from decoder: any Decoder) throws {
        self.init()
        let options = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        level = try options.decodeIfPresent(Bool.self, forKey: .level) ?? level
        trim = try options.decodeIfPresent(Double.self, forKey: .trim) ?? trim
        voiced = try options.decodeIfPresent(Bool.self, forKey: .voiced) ?? voiced
        rhythm = try options.decodeIfPresent(Bool.self, forKey: .rhythm) ?? rhythm
        lags = try options.decodeIfPresent([Double].self, forKey: .lags) ?? lags
        correlations = try options.decodeIfPresent(Bool.self, forKey: .correlations) ?? correlations
    }

    /// The options under a key: a mapping, or yes or no; nil for no and where there are none.
    static func decode<Key: CodingKey>(from container: KeyedDecodingContainer<Key>, forKey key: Key) throws -> FunctionalsOptions? {
        if let isWanted = try? container.decode(Bool.self, forKey: key) {
            return isWanted ? FunctionalsOptions() : nil
        }
        return try container.decodeIfPresent(FunctionalsOptions.self, forKey: key)
    }
}
