import StimmungSupport

/// How scores become stretches of speech.
///
///     var options = SpeechActivityOptions()
///     options.leastPause = 0.8                // bridge longer pauses
///     try options.validate()
public struct SpeechActivityOptions: Sendable, Equatable {
    /// Score, 0 … 1, from which on a frame begins speech. Default 0.7.
    public var upperThreshold: Float = 0.7
    /// Score, 0 … 1, down to which speech goes on; at most `upperThreshold`. Default 0.5.
    public var lowerThreshold: Float = 0.5
    /// Least duration of speech in seconds, 0 … 10: a shorter run of speech is ignored. Default 0.1.
    public var leastSpeech = 0.1
    /// Least duration of a pause in seconds, 0 … 60: a shorter pause belongs to the speech around it. Default 0.5.
    public var leastPause = 0.5
    /// Seconds added before each stretch of speech, 0 … 10. Default 0.1.
    public var paddingBefore = 0.1
    /// Seconds added after each stretch of speech, 0 … 10. Default 0.05.
    public var paddingAfter = 0.05

    /// The default options.
    public init() {}

    /// Checks every option.
    ///
    /// - Throws: `SpeechError.option`, with the name and the allowed values of the first invalid option.
    public func validate() throws(SpeechError) {
        func require(_ fits: Bool, _ name: String, _ value: some CustomStringConvertible, _ allowed: String) throws(SpeechError) {
            if !fits { throw .option(name: name, value: "\(value)", allowed: allowed) }
        }
        // A comparison with NaN is false, so NaN is rejected too.
        try require(upperThreshold > 0 && upperThreshold <= 1, "upperThreshold", upperThreshold, "above 0, at most 1")
        try require(
            lowerThreshold >= 0 && lowerThreshold <= upperThreshold, "lowerThreshold", lowerThreshold,
            "0 to upperThreshold (\(upperThreshold))")
        try require((0...10).contains(leastSpeech), "leastSpeech", leastSpeech, "0 to 10 seconds")
        try require((0...60).contains(leastPause), "leastPause", leastPause, "0 to 60 seconds")
        try require((0...10).contains(paddingBefore), "paddingBefore", paddingBefore, "0 to 10 seconds")
        try require((0...10).contains(paddingAfter), "paddingAfter", paddingAfter, "0 to 10 seconds")
    }
}

/// A stretch of speech.
public struct SpeechSegment: Sendable, Equatable, Codable {
    /// In seconds from the start of the recording.
    public var start: Double
    /// In seconds from the start of the recording; after `start`.
    public var end: Double

    /// A stretch from `start` to `end` seconds.
    public init(start: Double, end: Double) {
        self.start = start
        self.end = end
    }
}

/// An event of speech activity; times are in seconds from the start of the recording.
public enum SpeechEvent: Sendable, Equatable {
    /// Speech has started at this time.
    case speechStarted(time: Double)
    /// Speech has ended at this time.
    case speechEnded(time: Double)

    /// When speech started or ended.
    public var time: Double {
        switch self {
        case .speechStarted(let time), .speechEnded(let time): time
        }
    }
}
