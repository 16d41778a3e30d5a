/// What an evaluation said of one test utterance, with one seed.
public struct TestedUtterance: Sendable, Equatable, Codable {
    public let file: String
    /// In seconds, where the utterance is a part of its file.
    public let start: Double?
    public let end: Double?
    public let speaker: String
    /// Name of the fold that tested it.
    public let fold: String
    public let seed: UInt64
    /// The true class, a number in the evaluation's classes.
    public let truth: Int
    /// The class decided for.
    public let decided: Int
    /// Of each class, as `Pooling.probabilities` gives them; they sum to 1.
    public let probabilities: [Double]

    // More than five parameters: a record without rules of its own, written out field by field.
    package init(
        file: String, start: Double? = nil, end: Double? = nil, speaker: String, fold: String, seed: UInt64, truth: Int, decided: Int,
        probabilities: [Double]
    ) {
        self.file = file
        self.start = start
        self.end = end
        self.speaker = speaker
        self.fold = fold
        self.seed = seed
        self.truth = truth
        self.decided = decided
        self.probabilities = probabilities
    }

    public var isRight: Bool { truth == decided }
}
