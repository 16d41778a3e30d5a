/// How often which class was taken for which.
///
///     let matrix = try evaluation.run().figures.confusionMatrix
///     print(matrix.table)
///     matrix.recall   // per class, in the order of matrix.classes
///
/// A figure that has no meaning, as the recall of a class that never occurs, is nil.
public struct ConfusionMatrix: Sendable, Equatable {
    /// Class labels, in the order of the rows and columns of `counts`.
    public let classes: [String]
    /// `counts[t][p]`: utterances of class `t` that were taken for class `p`.
    public private(set) var counts: [[Int]]

    /// A matrix without utterances.
    package init(classes: [String]) {
        self.classes = classes
        counts = Array(repeating: Array(repeating: 0, count: classes.count), count: classes.count)
    }

    /// A matrix of given counts, as many rows and columns as classes, none negative.
    package init(classes: [String], counts: [[Int]]) {
        precondition(ConfusionMatrix.fits(classes, counts), "counts do not fit \(classes.count) classes")
        self.classes = classes
        self.counts = counts
    }

    private static func fits(_ classes: [String], _ counts: [[Int]]) -> Bool {
        counts.count == classes.count && counts.allSatisfy { $0.count == classes.count && $0.allSatisfy { $0 >= 0 } }
    }

    /// Counts utterances of one class that were taken for another, or for itself. Classes are indices into `classes`.
    package mutating func add(true trueClass: Int, predicted: Int, count: Int = 1) {
        counts[trueClass][predicted] += count
    }

    /// Adds the counts of `other`, which must have the same classes.
    package mutating func merge(_ other: ConfusionMatrix) {
        precondition(other.classes == classes, "matrices of different classes cannot be merged")
        for trueClass in counts.indices {
            for predicted in counts.indices { counts[trueClass][predicted] += other.counts[trueClass][predicted] }
        }
    }

    /// All utterances counted.
    public var total: Int { counts.joined().reduce(0, +) }

    /// Utterances that were taken for what they are.
    public var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }
}

extension ConfusionMatrix: Codable {
    private enum CodingKeys: String, CodingKey {
        case classes, counts
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let classes = try container.decode([String].self, forKey: .classes)
        let counts = try container.decode([[Int]].self, forKey: .counts)
        guard ConfusionMatrix.fits(classes, counts) else {
            throw DecodingError.dataCorruptedError(
                forKey: .counts, in: container, debugDescription: "counts must be as many rows and columns as classes, none negative")
        }
        self.init(classes: classes, counts: counts)
    }
}
