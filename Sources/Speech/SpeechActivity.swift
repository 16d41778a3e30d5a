/// Finds the starts and ends of speech in scores at a fixed hop: a pure state machine, one score in, at most one event out.
///
///     var activity = try SpeechActivity(SpeechActivityOptions(), hop: 0.01)
///     for score in scores { if let event = activity.push(score) { print(event) } }
///     if let event = activity.finish() { print(event) }
///
/// 1. Hysteresis. A run of speech begins with a score of at least `upperThreshold` and goes on while scores are at least `lowerThreshold`.
/// 2. Runs shorter than `leastSpeech` are ignored, wherever they are.
/// 3. Pauses between the remaining runs that are shorter than `leastPause`, or than `paddingAfter`, belong to the speech around them.
/// 4. Each stretch is padded by `paddingBefore` and `paddingAfter`. Padding does not reach before 0, into the stretch before, or beyond the
///    last score.
///
/// Score k covers the seconds k · hop … (k + 1) · hop. Events are late, but their times are the padded times. A start is reported
/// `leastSpeech` after the run began, so its time lies `leastSpeech + paddingBefore` back. An end is reported once the pause has lasted, at
/// most `leastSpeech` later if a run is pending then, so its time lies up to `leastPause + leastSpeech` back, less the padding. Starts and
/// ends alternate, and times never decrease. A score that is not a number counts as 0. The state is a few numbers for any length.
public struct SpeechActivity: Sendable, Equatable {
    /// The options of this state machine.
    public let options: SpeechActivityOptions
    /// Seconds per score.
    public let hop: Double

    // The options in scores.
    private let leastSpeech: Int
    private let leastPause: Int
    private let before: Int
    private let after: Int

    /// Scores received.
    private var count = 0
    /// First score of the present run of speech; nil outside of runs.
    private var runStart: Int?
    /// The score after the last run that counts, within a stretch that has been reported; nil in a pause.
    private var speechEnd: Int?
    /// Where the stretch before ends, with its padding, in scores.
    private var previousEnd = 0

    /// - Parameters:
    ///   - options: thresholds, durations and padding.
    ///   - hop: seconds per score, 0.0001 … 1.
    /// - Throws: `SpeechError.option` if an option is invalid.
    public init(_ options: SpeechActivityOptions = SpeechActivityOptions(), hop: Double) throws(SpeechError) {
        try options.validate()
        guard (0.0001...1).contains(hop) else { throw .option(name: "hop", value: "\(hop)", allowed: "0.0001 to 1 seconds") }
        self.options = options
        self.hop = hop
        func scores(_ seconds: Double) -> Int { Int((seconds / hop).rounded()) }
        leastSpeech = max(1, scores(options.leastSpeech))
        leastPause = max(1, scores(options.leastPause), scores(options.paddingAfter))
        before = scores(options.paddingBefore)
        after = scores(options.paddingAfter)
    }

    /// Whether a stretch of speech has been reported that has not ended.
    public var isSpeech: Bool { speechEnd != nil }

    /// Takes the next score; returns the event that became certain with it.
    public mutating func push(_ score: Float) -> SpeechEvent? {
        let isActive = score >= (runStart == nil ? options.upperThreshold : options.lowerThreshold)
        if !isActive {
            runStart = nil
        } else if runStart == nil {
            runStart = count
        }
        count += 1
        if let runStart {
            guard count - runStart >= leastSpeech else { return nil }
            defer { speechEnd = count }
            return speechEnd == nil ? .speechStarted(time: time(max(previousEnd, runStart - before))) : nil
        }
        guard let end = speechEnd, count - end >= leastPause else { return nil }
        return close(end)
    }

    /// Ends the recording: returns the end of a stretch that has not ended. The next `push` starts another recording.
    public mutating func finish() -> SpeechEvent? {
        let event = speechEnd.map { close($0) }
        (count, runStart, previousEnd) = (0, nil, 0)
        return event
    }

    private mutating func close(_ end: Int) -> SpeechEvent {
        previousEnd = min(end + after, count)
        speechEnd = nil
        return .speechEnded(time: time(previousEnd))
    }

    private func time(_ score: Int) -> Double { Double(score) * hop }
}
