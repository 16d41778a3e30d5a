import StimmungSupport

/// The statistics of frames that represent a recording.
///
/// In a file or a command-line option, `functionals: true` uses the defaults, `functionals: {trim: 40}` overrides some of them, and `false`
/// disables functionals.
package struct FunctionalsOptions: Sendable, Equatable {
    /// The default kinds with functionals: log-mel bands, cepstrum, energy and pitch.
    package static let kinds: [FeatureKind] = [.fbank, .mfcc, .energy, .pitch]

    /// Subtracts the loudness of the recording, the 95th percentile of its log energy, from all energies, so that the distance to the
    /// microphone does not matter. Default true.
    package var level = true
    /// Trims frames at both ends that are at least this many decibels below the recording's loudness; 0 trims nothing. Default 30.
    package var trim = 30.0
    /// Adds statistics over voiced frames only, for all kinds except `fbank`. Needs kind `pitch`. Default true.
    package var voiced = true
    /// Adds the number and lengths of voiced segments and pauses, and the duration. Needs kind `pitch`. Default true.
    package var rhythm = true
    /// Adds the autocorrelation of each column, except those of `fbank`, at these lags in seconds: the mean product of standardised values
    /// that far apart; 0 in recordings shorter than twice the lag. Default none.
    package var lags: [Double] = []
    /// Adds Pearson's correlation of every pair of columns, except those of `fbank`. Default false.
    package var correlations = false

    package init() {}

    /// Maximum lag in seconds. Phrases are shorter.
    static let longestLag = 10.0

    /// The lags in frames of `hop` seconds; 0 for an invalid lag, which `FeatureOptions.validate` rejects.
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

    /// The options under a key, which is a mapping or a Boolean; nil if it is false or missing.
    static func decode<Key: CodingKey>(from container: KeyedDecodingContainer<Key>, forKey key: Key) throws -> FunctionalsOptions? {
        if let isWanted = try? container.decode(Bool.self, forKey: key) {
            return isWanted ? FunctionalsOptions() : nil
        }
        return try container.decodeIfPresent(FunctionalsOptions.self, forKey: key)
    }
}
