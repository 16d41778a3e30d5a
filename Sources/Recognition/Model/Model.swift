import StimmungFeatures

/// A trained recogniser as a value: all that prediction needs, and where it comes from.
///
///     let model = try Model(contentsOf: "emodb.safetensors")
///     print(model.labels, model.card.corpus)
///
/// A model file is a safetensors file, so Python can read it too.
public struct Model: Sendable, Equatable {
    /// Recipe that the model was trained with.
    public package(set) var recipe: Recipe
    /// The classes, in the order of the network's outputs.
    public package(set) var labels: [String]
    package var ensemble: Ensemble
    /// What brings features to the mean and deviation of the training data; nil unless the recipe's normalisation is `train`.
    package var normaliser: Normaliser?
    /// T of the probabilities, fitted where the recipe says so (`Calibration`), otherwise 1.
    package var temperature = 1.0
    /// Training data and training results.
    public package(set) var card: ModelCard

    // More than five parameters: the properties, one each.
    package init(
        recipe: Recipe, labels: [String], ensemble: Ensemble, normaliser: Normaliser?, temperature: Double = 1, card: ModelCard
    ) {
        self.recipe = recipe
        self.labels = labels
        self.ensemble = ensemble
        self.normaliser = normaliser
        self.temperature = temperature
        self.card = card
    }
}

/// What a model was trained on, and what came of it.
public struct ModelCard: Sendable, Equatable, Codable {
    /// The version of this package that trained it.
    public var version: String
    /// Name of the training corpus.
    public var corpus: String
    /// Number of training utterances, without those of held-out speakers.
    public var utterances: Int
    /// Number of training speakers, without those held out.
    public var speakers: Int
    /// Utterances of each class, in the order of the labels.
    public var utterancesPerClass: [Int]
    /// Speakers that were held out to choose the epoch by.
    public var heldOutSpeakers: [String]
    /// Random seed of the training.
    public var seed: UInt64
    /// The epoch whose parameters these are; of an ensemble the latest of its networks'.
    public var epoch: Int
    /// Mean frame cross-entropy of that epoch, on the training data; of an ensemble the mean of its networks'.
    public var trainingLoss: Double
    /// Share of the training frames recognised in that epoch: no figure of merit, only a sign that training went well.
    public var trainingFrameAccuracy: Double
    /// Mean frame cross-entropy on the held-out speakers after that epoch; nil without any.
    public var validationLoss: Double?

    // More than five parameters: the properties, one each.
    package init(
        version: String, corpus: String, utterances: Int, speakers: Int, utterancesPerClass: [Int], heldOutSpeakers: [String], seed: UInt64,
        epoch: Int, trainingLoss: Double, trainingFrameAccuracy: Double, validationLoss: Double?
    ) {
        self.version = version
        self.corpus = corpus
        self.utterances = utterances
        self.speakers = speakers
        self.utterancesPerClass = utterancesPerClass
        self.heldOutSpeakers = heldOutSpeakers
        self.seed = seed
        self.epoch = epoch
        self.trainingLoss = trainingLoss
        self.trainingFrameAccuracy = trainingFrameAccuracy
        self.validationLoss = validationLoss
    }

    private enum CodingKeys: String, CodingKey {
        case version, corpus, utterances, speakers, seed, epoch
        case utterancesPerClass = "utterances_per_class"
        case heldOutSpeakers = "held_out_speakers"
        case trainingLoss = "training_loss"
        case trainingFrameAccuracy = "training_frame_accuracy"
        case validationLoss = "validation_loss"
    }
}
