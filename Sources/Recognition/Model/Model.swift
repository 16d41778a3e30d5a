import StimmungFeatures
import StimmungNetworks
import StimmungTensors

/// A trained recogniser as a value: everything that prediction needs, and its origin.
///
///     let model = try Model(contentsOf: "emodb.safetensors")
///     print(model.labels, model.card.corpus)
///
/// A model file is a safetensors file, so Python can read it too.
public struct Model: Sendable, Equatable {
    /// The recipe that the model was trained with.
    public package(set) var recipe: Recipe
    /// The classes, in the order of the network's outputs.
    public package(set) var labels: [String]
    package var ensemble: Ensemble
    /// Standardises features by the training data; nil unless the recipe's normalisation is `train`.
    package var normaliser: Normaliser?
    /// The temperature T of the probabilities, fitted if the recipe asks for calibration (`Calibration`), otherwise 1.
    package var temperature = 1.0
    /// How much speech resembles the training data; nil if the model does not measure it.
    package var familiarity: Familiarity?
    /// Networks for enrolled voices; nil if the recipe has none.
    package var voiceNetworks: VoiceNetworks?
    /// The voice that the model has been adapted to; nil for any.
    public internal(set) var voice: Voice?
    /// The source that the model has been adapted to; nil for any.
    public internal(set) var source: Source?
    /// The normaliser before any adaptation; nil without one.
    var trainingNormaliser: Normaliser?
    /// When decisions are rejected.
    var rejection = Rejection()
    /// Training data and training results.
    public package(set) var card: ModelCard

    // More than five parameters: one per property.
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

    /// Of the wide products of all networks; not part of a model file.
    package var precision: Precision {
        get { ensemble.precision }
        set {
            guard newValue != precision else { return }
            ensemble.precision = newValue
            voiceNetworks?.use(newValue)
        }
    }
}

/// The training data and training results of a model.
public struct ModelCard: Sendable, Equatable, Codable {
    /// The version of this package that trained the model.
    public var version: String
    /// Name of the training corpus.
    public var corpus: String
    /// Number of training utterances, without those of held-out speakers.
    public var utterances: Int
    /// Number of training speakers, without those held out.
    public var speakers: Int
    /// Number of training utterances per class, in the order of the labels.
    public var utterancesPerClass: [Int]
    /// Speakers held out to choose the epoch.
    public var heldOutSpeakers: [String]
    /// Random seed of the training.
    public var seed: UInt64
    /// The epoch that the parameters come from; for an ensemble, the latest epoch of its networks.
    public var epoch: Int
    /// Mean frame cross-entropy on the training data in that epoch; for an ensemble, the mean over its networks.
    public var trainingLoss: Double
    /// Frame accuracy on the training data in that epoch: not a measure of quality, only a sign that training worked.
    public var trainingFrameAccuracy: Double
    /// Mean frame cross-entropy on the held-out speakers after that epoch; nil if no speakers were held out.
    public var validationLoss: Double?
    /// `adaptations`; nil for none, so that the cards of other models stay as they are.
    var adapted: [Adaptation]?

    // More than five parameters: one per property.
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
        case adapted = "adaptations"
        case utterancesPerClass = "utterances_per_class"
        case heldOutSpeakers = "held_out_speakers"
        case trainingLoss = "training_loss"
        case trainingFrameAccuracy = "training_frame_accuracy"
        case validationLoss = "validation_loss"
    }
}
