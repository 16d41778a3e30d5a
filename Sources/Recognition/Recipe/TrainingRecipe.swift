import StimmungNetworks
import StimmungSupport
import StimmungTensors

/// The training part of a recipe.
public struct TrainingRecipe: Sendable, Equatable {
    package enum ClassWeights: String, Sendable, Choice {
        case none
        /// Weights classes by the inverse of their proportion of the frames.
        case balanced
    }

    package enum Sampling: String, Sendable, Choice {
        /// Every class of every corpus equally often.
        case balanced
        /// Each recording once per epoch.
        case proportional
    }

    /// The loss. `squared-error` is ½ ‖ŷ − y‖² on sigmoid outputs ŷ; the posteriors are then ŷ_k / Σ_j ŷ_j.
    package var loss = FrameLoss.Kind.crossEntropy
    /// Label smoothing s: the target is 1 − s for the true class, plus s distributed evenly over all classes.
    public var labelSmoothing: Float = 0
    /// Passes over the training data.
    public var epochs = 30
    /// Utterances per step.
    public var batch = 16
    /// Length in seconds of a random crop per utterance and epoch; 0 uses whole utterances.
    public var crop = 1.0
    package var optimiser = OptimiserKind.adam
    /// Momentum for `sgd`.
    package var momentum: Float = 0.9
    /// Learning rate, above 0. For the schedules `cosine` and `one-cycle`, the maximum rate.
    public var learningRate: Float = 0.003
    package var schedule = Schedule.oneCycle
    /// Weight decay, at least 0: decoupled with `adam`, an L2 penalty with `sgd`. Biases do not decay.
    public var weightDecay: Float = 0.01
    /// Maximum gradient norm per step.
    package var clip: Float = 1
    package var classWeights = ClassWeights.none
    /// How often recordings of several corpora are drawn; nil is `balanced`. One corpus alone is drawn as it is.
    package var sampling: Sampling?
    /// Number of training speakers to hold out; the epoch with the lowest loss on them is kept. 0 trains on all speakers for all epochs.
    public var heldOutSpeakers = 0
    /// Of the wide products of training, and of the tests of an evaluation; nil is float32.
    package var precision: Precision?
    /// Early stopping: number of epochs without a lower loss on the held-out speakers. Only with the schedule `constant`; the other
    /// schedules are planned for all epochs.
    public var patience = 5

    package init() {}

    func validate() throws(RecipeError) {
        let check = ValueCheck(prefix: "training.")
        try check((1...100_000).contains(epochs), "epochs", epochs, "1 to 100000")
        try check((1...100_000).contains(batch), "batch", batch, "1 to 100000 utterances")
        try check(crop >= 0 && crop <= 3600, "crop", crop, "0 (whole utterances) to 3600 seconds")
        try check(labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing", labelSmoothing, "at least 0 and below 1")
        try check(momentum >= 0 && momentum < 1, "momentum", momentum, "at least 0 and below 1")
        try check(learningRate > 0 && learningRate.isFinite, "learningRate", learningRate, "a number above 0")
        try check(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", weightDecay, "a number of at least 0")
        try check(clip > 0, "clip", clip, "a number above 0")
        try check(heldOutSpeakers >= 0, "heldOutSpeakers", heldOutSpeakers, "0 or more")
        try check(patience >= 1, "patience", patience, "1 or more epochs")
    }
}

extension TrainingRecipe: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case loss, labelSmoothing, epochs, batch, crop, optimiser, momentum, learningRate, schedule, weightDecay, clip, classWeights,
            sampling, heldOutSpeakers, precision, patience
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: CodingKeys.self)
        try keys.update(&loss, forKey: .loss)
        try keys.update(&labelSmoothing, forKey: .labelSmoothing)
        try keys.update(&epochs, forKey: .epochs)
        try keys.update(&batch, forKey: .batch)
        try keys.update(&crop, forKey: .crop)
        try keys.update(&optimiser, forKey: .optimiser)
        try keys.update(&momentum, forKey: .momentum)
        try keys.update(&learningRate, forKey: .learningRate)
        try keys.update(&schedule, forKey: .schedule)
        try keys.update(&weightDecay, forKey: .weightDecay)
        try keys.update(&clip, forKey: .clip)
        try keys.update(&classWeights, forKey: .classWeights)
        try keys.update(&sampling, forKey: .sampling)
        try keys.update(&heldOutSpeakers, forKey: .heldOutSpeakers)
        try keys.update(&precision, forKey: .precision)
        try keys.update(&patience, forKey: .patience)
    }
}
