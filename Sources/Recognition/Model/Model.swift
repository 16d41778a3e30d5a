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
    public var ensemble: Ensemble
    /// What brings features to the mean and deviation of the training data; nil unless the recipe's normalisation is `train`.
    public var normaliser: Normaliser?
    /// T of the probabilities, fitted where the recipe says so (`Calibration`), otherwise 1.
    public var temperature = 1.0
    public var card: ModelCard

    /// Gathers frames for a decision of this model.
    var pooling: Pooling { Pooling(recipe.decision, classes: labels.count, temperature: temperature) }
}

/// What a model was trained on, and what came of it.
public struct ModelCard: Sendable, Equatable, Codable {
    /// The version of this package that trained it.
    public var version: String
    public var corpus: String
    /// Utterances and speakers that it was trained on, without those held out.
    public var utterances: Int
    public var speakers: Int
    /// Utterances of each class, in the order of the labels.
    public var utterancesPerClass: [Int]
    /// Speakers that were held out to choose the epoch by.
    public var heldOutSpeakers: [String]
    public var seed: UInt64
    /// The epoch whose parameters these are; of an ensemble the latest of its networks'.
    public var epoch: Int
    /// Mean frame cross-entropy of that epoch, on the training data; of an ensemble the mean of its networks'.
    public var trainingLoss: Double
    /// Share of the training frames recognised in that epoch: no figure of merit, only a sign that training went well.
    public var trainingFrameAccuracy: Double
    /// Mean frame cross-entropy on the held-out speakers after that epoch; nil without any.
    public var validationLoss: Double?

    private enum CodingKeys: String, CodingKey {
        case version, corpus, utterances, speakers, seed, epoch
        case utterancesPerClass = "utterances_per_class"
        case heldOutSpeakers = "held_out_speakers"
        case trainingLoss = "training_loss"
        case trainingFrameAccuracy = "training_frame_accuracy"
        case validationLoss = "validation_loss"
    }
}

/// The version of this package.
public let stimmungVersion = "0.1.0"
