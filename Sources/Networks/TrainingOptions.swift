import Tensors

/// How a network is trained. Every value has a default that the recipes state again.
public struct TrainingOptions: Sendable, Equatable {
    /// Passes over the training data.
    public var epochs = 30
    /// Sequences a step.
    public var batch = 16
    /// Frames of a random crop of each sequence in each epoch; nil trains on whole sequences.
    public var crop: Int?
    /// η at the schedule's peak.
    public var learningRate: Float = 3e-3
    public var schedule = Schedule.oneCycle
    public var optimiser = Optimiser.Options()
    /// Largest norm of a step's gradient over all parameters.
    public var clip: Float = 1
    public var loss = FrameLoss()
    /// Penalties and limits on norms of weights.
    public var regularisers: [Regulariser] = []
    /// Whether rare classes weigh more, by the inverse of their share of the training frames.
    public var balancesClasses = false
    /// Epochs without a lower loss on the validation sequences after which training stops; nil trains all epochs.
    public var patience: Int?
    /// Fixes the order of sequences, the crops and dropout; the network's own start has the seed given there.
    public var seed: UInt64 = 0

    public init() {}
}

/// A sequence of feature frames and its class.
public struct LabelledSequence: Sendable {
    /// Frames as rows, T × D.
    public let frames: any FrameSource
    /// 0 ..< number of classes
    public let label: Int
    /// What errors call it, such as its file.
    public let name: String?

    public init(frames: any FrameSource, label: Int, name: String? = nil) {
        self.frames = frames
        self.label = label
        self.name = name
    }
}

/// What an epoch came to.
public struct EpochReport: Sendable, Equatable, Codable {
    /// From 1.
    public let epoch: Int
    /// Mean loss of a frame during the epoch, with dropout and without regularisation.
    public let loss: Double
    /// Share of the frames recognised during the epoch.
    public let frameAccuracy: Double
    /// Mean loss of a frame of the validation sequences; nil without any.
    public let validationLoss: Double?
}

public enum TrainingError: Error, Equatable, CustomStringConvertible {
    case nothingToTrainOn
    /// A sequence to train on has fewer frames than a window of the network joins.
    case shorterThanWindow(sequence: String, frames: Int, window: Int)
    /// The loss or a parameter became infinite or NaN in this epoch.
    case diverged(epoch: Int)
    /// Stopped from outside; the last epoch's state has been handed over.
    case interrupted(epoch: Int)
    case checkpointDoesNotFit(reason: String)
    /// Second-order optimisation needs a derivative that this layer does not offer.
    case withoutTangent(layer: String)

    public var description: String {
        switch self {
        case .nothingToTrainOn: "there is no recording to train on"
        case .shorterThanWindow(let sequence, let frames, let window):
            "\(sequence) has \(frames) frames, and the network's window joins \(window): allowed are windows of at most \(frames) frames, or leave that recording out"
        case .diverged(let epoch):
            "training diverged in epoch \(epoch): the loss is no longer a number; lower the learning rate, or look for constant or infinite features"
        case .interrupted(let epoch): "training was interrupted in epoch \(epoch)"
        case .withoutTangent(let layer):
            "Hessian-free optimisation cannot train the layer \(layer): leave it out, or take sgd, adam or L-BFGS"
        case .checkpointDoesNotFit(let reason): "the checkpoint does not fit this training: \(reason); remove it to train anew"
        }
    }
}
