/// The classes of a task in the order in which a recogniser numbers them, without repetition.
///
///     let classes = try LabelSet(parsing: "angry, sad, neutral")
///     classes.labels            // ["anger", "sadness", "neutral"]
///     classes.index(of: "sad")  // 1
public struct LabelSet: Sendable, Equatable, Hashable, Codable, CustomStringConvertible {
    /// Labels under their canonical names, each once, in class order.
    public let labels: [String]

    /// The given labels under their canonical names, in the given order, each once.
    public init(_ labels: some Sequence<String>) {
        var seen = Set<String>()
        self.labels = labels.map(Emotion.canonicalLabel).filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    /// The labels of a list such as `anger,sadness,neutral`.
    ///
    /// - Throws: `emptyClassList`
    public init(parsing text: String) throws(CorpusError) {
        self.init(text.split(separator: ",").map(String.init))
        if labels.isEmpty { throw .emptyClassList }
    }

    /// Number of labels.
    public var count: Int { labels.count }
    public var description: String { labels.joined(separator: ",") }

    /// The number of a label or of a synonym of it; nil where it is not in the set.
    public func index(of label: String) -> Int? {
        labels.firstIndex(of: Emotion.canonicalLabel(label))
    }

    /// Whether the set contains `label` or the canonical name that it is a synonym of.
    public func contains(_ label: String) -> Bool {
        index(of: label) != nil
    }

    /// The labels that both sets hold, in the order of this one.
    public func intersection(_ other: LabelSet) -> LabelSet {
        LabelSet(labels.filter(other.contains))
    }
}
