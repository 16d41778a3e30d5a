/// One division of a corpus into training and test material, as indices into its utterances, each list in rising order.
public struct Fold: Sendable, Equatable, Codable {
    /// What is tested, for reports: the test speakers or the number of the fold.
    public let name: String
    public let train: [Int]
    public let test: [Int]

    public init(name: String, train: [Int], test: [Int]) {
        self.name = name
        self.train = train
        self.test = test
    }
}
