/// One division of a corpus into training and test material, as indices into its utterances, each list in rising order.
package struct Fold: Sendable, Equatable, Codable {
    /// What is tested, for reports: the test speakers or the number of the fold.
    package let name: String
    package let train: [Int]
    package let test: [Int]

    package init(name: String, train: [Int], test: [Int]) {
        self.name = name
        self.train = train
        self.test = test
    }
}
