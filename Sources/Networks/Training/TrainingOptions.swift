import StimmungSupport
import StimmungTensors

/// The training options of a network. Recipes repeat the default of every option.
package struct TrainingOptions: Sendable, Equatable {
    /// Passes over the training data.
    package var epochs = 30
    /// Sequences per step.
    package var batch = 16
    /// Frames of a random crop of each sequence in each epoch; nil trains on whole sequences.
    package var crop: Int?
    /// η at the schedule's peak.
    package var learningRate: Float = 3e-3
    package var schedule = Schedule.oneCycle
    package var optimiser = Optimiser.Options()
    /// Largest norm of a step's gradient over all parameters.
    package var clip: Float = 1
    package var loss = FrameLoss()
    /// Penalties and limits on norms of weights.
    package var regularisers: [Regulariser] = []
    /// Whether classes are weighted by the inverse of their share of the training frames.
    package var balancesClasses = false
    /// Whether sequences of several groups are drawn as often as they occur; otherwise, every class of every group is drawn equally often.
    package var drawsGroupsAsTheyAre = false
    /// Of the network's wide products, in training and afterwards.
    package var precision = Precision.float32
    /// Epochs without a lower loss on the validation sequences after which training stops; nil trains all epochs.
    package var patience: Int?
    /// Random seed of the order of sequences, the crops and dropout; the initial parameters have a separate seed.
    package var seed: UInt64 = 0

    package init() {}
}

/// A sequence of feature frames and its class.
package struct LabelledSequence: Sendable {
    /// Frames as rows, T × D.
    package let frames: any FrameSource
    /// 0 ..< number of classes
    package let label: Int
    /// The name used in errors, such as the file name.
    package let name: String?
    /// The corpus it is of, where several are trained on together; nil for one corpus.
    package let group: SequenceGroup?

    package init(frames: any FrameSource, label: Int, name: String? = nil, group: SequenceGroup? = nil) {
        self.frames = frames
        self.label = label
        self.name = name
        self.group = group
    }

    /// The same sequence with other frames.
    package func with(_ frames: any FrameSource) -> LabelledSequence {
        LabelledSequence(frames: frames, label: label, name: name, group: group)
    }
}

/// One of several corpora that are trained on together.
package struct SequenceGroup: Sendable, Equatable {
    /// From 0.
    package let number: Int
    /// Which classes the corpus has. Its sequences say nothing about the others, so that these take no part in their loss.
    package let hasClass: [Bool]

    package init(number: Int, hasClass: [Bool]) {
        self.number = number
        self.hasClass = hasClass
    }
}

/// The result of an epoch.
package struct EpochReport: Sendable, Equatable, Codable {
    /// From 1.
    package let epoch: Int
    /// Mean loss per frame during the epoch, with dropout and without regularisation.
    package let loss: Double
    /// Share of the frames classified correctly during the epoch.
    package let frameAccuracy: Double
    /// Mean loss per frame of the validation sequences; nil if there are none.
    package let validationLoss: Double?
}

/// A network could not be trained.
package enum TrainingError: StimmungError, Equatable {
    case nothingToTrainOn
    /// A training sequence has fewer frames than a window of the network.
    case shorterThanWindow(sequence: String, frames: Int, window: Int)
    /// The loss or a parameter became infinite or NaN in this epoch.
    case diverged(epoch: Int)
    case checkpointDoesNotFit(reason: String)

    package var code: String {
        switch self {
        case .nothingToTrainOn: "networks.nothing-to-train-on"
        case .shorterThanWindow: "networks.shorter-than-window"
        case .diverged: "networks.diverged"
        case .checkpointDoesNotFit: "networks.checkpoint-does-not-fit"
        }
    }

    package var description: String {
        switch self {
        case .nothingToTrainOn: "there are no recordings to train on"
        case .shorterThanWindow(let sequence, let frames, let window):
            "\(sequence) has \(frames) frames, but the network's window has \(window); use windows of at most \(frames) frames, or leave this recording out"
        case .diverged(let epoch):
            "training diverged in epoch \(epoch): the loss is NaN or infinite; lower the learning rate, or check for constant or infinite features"
        case .checkpointDoesNotFit(let reason): "the checkpoint does not match this training run: \(reason); delete it to start again"
        }
    }
}
