/// What an evaluation said of one test utterance, with one seed.
public struct TestedUtterance: Sendable, Equatable, Codable {
    /// Path of the audio file.
    public let file: String
    /// Start in the file, in seconds; nil for the beginning of the file.
    public let start: Double?
    /// End in the file, in seconds; nil for the end of the file.
    public let end: Double?
    /// Name of the speaker.
    public let speaker: String
    /// Name of the fold that tested it.
    public let fold: String
    /// Random seed of the run.
    public let seed: UInt64
    /// The true class, an index into `EvaluationFigures.classes`.
    public let truth: Int
    /// The predicted class, an index into `EvaluationFigures.classes`.
    public let decided: Int
    /// Probability per class, in the order of `EvaluationFigures.classes`; they sum to 1.
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

    /// Whether the predicted class is the true class.
    public var isRight: Bool { truth == decided }
}
