/// The rule that rejects decisions with little confidence (C. K. Chow, *On optimum recognition error and reject tradeoff*, 1970).
struct Rejection: Sendable, Equatable {
    /// Decisions with less confidence are rejected; nil for none.
    var leastConfidence: Double?

    func rejects(_ confidence: Double) -> Bool { leastConfidence.map { confidence < $0 } ?? false }

    /// All are equal: the rule is a setting of a recogniser, not a property of its model.
    static func == (a: Rejection, b: Rejection) -> Bool { true }
}

extension Recogniser {
    /// The label of a rejected decision.
    public static let uncertain = "uncertain"

    /// Decisions with less confidence are labelled `uncertain`; nil if none are.
    public var leastConfidence: Double? { model.rejection.leastConfidence }

    /// A recogniser that labels decisions with little confidence `uncertain`.
    ///
    /// Recordings, segments, batches and sessions are all affected. Only labels change: confidences, probabilities, familiarity and the limits of segments
    /// stay, so neighbouring segments may both be `uncertain`.
    ///
    /// - Parameter confidence: the least confidence of a decision that is not rejected, 0 … 1; nil rejects none.
    /// - Throws: `RecogniserError.option` if the confidence is not in 0 … 1; `RecogniserError.reservedLabel` if the model has a class named `uncertain`.
    public func rejecting(below confidence: Double?) throws(RecogniserError) -> Recogniser {
        if let confidence {
            guard (0...1).contains(confidence) else {
                throw .option(name: "leastConfidence", value: "\(confidence)", allowed: "0 to 1")
            }
            guard !model.labels.contains(Self.uncertain) else { throw .reservedLabel(Self.uncertain) }
        }
        return with(Rejection(leastConfidence: confidence))
    }
}
