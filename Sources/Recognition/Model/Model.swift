import Corpora
import Features
import Networks

/// A trained recogniser as a value: all that prediction needs, and where it comes from.
///
///     let model = try Model(path: "emodb.safetensors")
///     print(model.labels, model.card.corpus)
///
/// In a file it has the safetensors layout (see `Model+File.swift`), which Python reads.
public struct Model: Sendable, Equatable {
    public var recipe: Recipe
    /// The classes, in the order of the network's outputs.
    public var labels: LabelSet
    public var network: Network
    /// What brings features to the mean and deviation of the training data; nil unless the recipe's normalisation is `train`.
    public var normaliser: Normaliser?
    public var card: ModelCard

    public static func == (a: Model, b: Model) -> Bool {
        a.recipe == b.recipe && a.labels == b.labels && a.network.parameters == b.network.parameters && a.normaliser == b.normaliser
            && a.card == b.card
    }
}

/// What a model was trained on, and what came of it.
public struct ModelCard: Sendable, Equatable, Codable {
    /// The version of this package that trained it.
    public var version: String
    public var corpus: String
    public var utterances: Int
    public var speakers: Int
    /// Utterances of each class, in the order of the labels.
    public var utterancesPerClass: [Int]
    public var seed: UInt64
    public var epochs: Int
    /// Mean frame cross-entropy of the last epoch, on the training data.
    public var trainingLoss: Double
    /// Share of the training frames recognised in the last epoch: no figure of merit, only a sign that training went well.
    public var trainingFrameAccuracy: Double
}

/// The version of this package.
public let stimmungVersion = "0.1.0"
