/// Why an evaluation failed, with the fold that did.
public struct FoldFailure: Error, Equatable, CustomStringConvertible {
    public let fold: String
    public let seed: UInt64
    public let reason: String

    public var description: String { "fold \(fold), seed \(seed): \(reason)" }
}

/// A trained network whose output for an utterance is no number, as after values beyond all bounds.
struct NoProbabilities: Error, CustomStringConvertible {
    let file: String

    var description: String { "the trained network gives no probabilities for \(file); a lower learning rate may help" }
}
