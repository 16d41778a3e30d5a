import StimmungSupport

/// What a `RecognitionSession` reports. Times are in seconds from the start of the session.
public enum SessionEvent: Sendable, Equatable {
    /// Speech has started at this time.
    case speechStarted(time: Double)
    /// Speech has ended at this time.
    case speechEnded(time: Double)
    /// What the current segment of speech sounds like so far.
    case posterior(SessionPosterior)
    /// A segment of speech that has ended: at a pause, or where its class changes.
    case segment(Prediction.Segment)
    /// The end of the session.
    case finished(SessionSummary)
}

/// The classes of the current segment of speech so far.
public struct SessionPosterior: Sendable, Equatable {
    /// The time up to which samples are covered, in seconds from the start of the session.
    public var time: Double
    /// Start of what is covered: of the segment, or 10 seconds before `time` (4 with functionals) if it is longer than that.
    public var start: Double
    /// The most probable class, or `Recogniser.uncertain` if it was rejected.
    public var label: String
    /// Probability of the most probable class, 0 … 1.
    public var confidence: Double
    /// The probability of every class, in the order of the model's classes.
    public var probabilities: [ClassProbability]
    /// How much the speech resembles the training data, 0 (not at all) … 1; nil if the model does not measure it.
    public var familiarity: Double?
}

/// The result for a whole session.
public struct SessionSummary: Sendable, Equatable {
    /// Length of the session in seconds.
    public var duration: Double
    /// Seconds of speech.
    public var speech: Double
    /// The most probable class of all segments, weighted by their length, or `Recogniser.uncertain` if it was rejected; nil without speech.
    public var label: String?
    /// Probability of the most probable class, 0 … 1; nil without speech.
    public var confidence: Double?
    /// The probability of every class, in the order of the model's classes; empty without speech.
    public var probabilities: [ClassProbability]
    /// How much the speech resembles the training data, 0 (not at all) … 1; nil without speech, and if the model does not measure it.
    public var familiarity: Double?
}

extension SessionEvent {
    /// The event as one JSON object on one line; `docs/events.md` describes the keys.
    public var json: String {
        func number(_ value: Double) -> String { Decimal6.text(value) ?? "null" }
        func object(_ name: String, _ time: Double, _ members: String...) -> String {
            "{\(([name].map { "\"event\": \"\($0)\"" } + ["\"time\": \(number(time))"] + members).joined(separator: ", "))}"
        }
        switch self {
        case .speechStarted(let time): return object("speech_started", time)
        case .speechEnded(let time): return object("speech_ended", time)
        case .posterior(let posterior):
            return object(
                "posterior", posterior.time, "\"start\": \(number(posterior.start))",
                PredictionJSON.result(posterior.label, posterior.confidence, posterior.probabilities, posterior.familiarity))
        case .segment(let segment):
            return object(
                "segment", segment.end, "\"start\": \(number(segment.start))", "\"end\": \(number(segment.end))",
                PredictionJSON.result(segment.label, segment.confidence, segment.probabilities, segment.familiarity))
        case .finished(let summary):
            return object(
                "finished", summary.duration, "\"speech\": \(number(summary.speech))",
                PredictionJSON.result(summary.label, summary.confidence, summary.probabilities, summary.familiarity))
        }
    }
}
