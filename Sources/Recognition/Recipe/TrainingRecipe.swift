import StimmungNetworks
import StimmungSupport

/// The training part of a recipe.
public struct TrainingRecipe: Sendable, Equatable {
    package enum ClassWeights: String, Sendable, Choice {
        case none
        /// Rare classes weigh more, by the inverse of their share of the frames.
        case balanced
    }

    /// What is made small: `squared-error` is ½ ‖ŷ − y‖² of sigmoid outputs ŷ, whose shares ŷ_k / Σ_j ŷ_j are then the posteriors.
    package var loss = FrameLoss.Kind.crossEntropy
    /// s: the target is 1 − s for the class, and s is shared out evenly over all.
    public var labelSmoothing: Float = 0
    /// Passes over the training data.
    public var epochs = 30
    /// Utterances a step.
    public var batch = 16
    /// Seconds of a random crop of each utterance in each epoch; 0 takes whole utterances.
    public var crop = 1.0
    package var optimiser = OptimiserKind.adam
    /// Momentum of `sgd`.
    package var momentum: Float = 0.9
    /// Learning rate, above 0. With the schedules `cosine` and `one-cycle` it is the highest rate.
    public var learningRate: Float = 0.003
    package var schedule = Schedule.oneCycle
    /// Weight decay, at least 0: decoupled with `adam`, an L2 penalty with `sgd`. Only weights decay, not biases.
    public var weightDecay: Float = 0.01
    /// Largest norm of a step's gradient.
    package var clip: Float = 1
    package var classWeights = ClassWeights.none
    /// Training speakers that are held out, so that the epoch with the lowest loss on them is kept; 0 trains all epochs on everybody.
    public var heldOutSpeakers = 0
    /// Epochs without a lower loss on the held-out speakers after which training stops; with the schedule `constant` only, since a
    /// falling rate is planned for all epochs.
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
            heldOutSpeakers, patience
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
        try keys.update(&heldOutSpeakers, forKey: .heldOutSpeakers)
        try keys.update(&patience, forKey: .patience)
    }
}
