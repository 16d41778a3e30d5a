/// What an evaluation said of one test utterance, with one seed.
package struct TestedUtterance: Sendable, Equatable, Codable {
    package let file: String
    /// In seconds, where the utterance is a part of its file.
    package let start: Double?
    package let end: Double?
    package let speaker: String
    /// Name of the fold that tested it.
    package let fold: String
    package let seed: UInt64
    /// The true class, a number in the evaluation's classes.
    package let truth: Int
    /// The class decided for.
    package let decided: Int
    /// Of each class, as `Pooling.probabilities` gives them; they sum to 1.
    package let probabilities: [Double]

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

    package var isRight: Bool { truth == decided }
}
