import StimmungNetworks

/// How a machine learns by contrastive divergence.
package struct LearningOptions: Sendable, Equatable {
    /// Passes over the training frames.
    package var epochs = 20
    /// Frames a step.
    package var batch = 256
    /// k of CD-k: Gibbs steps of a chain before it counts.
    package var gibbsSteps = 1
    /// Persistent CD: chains continue from step to step and do not start from the data (T. Tieleman, 2008). Only for plain machines: a chain
    /// of a conditional one belongs to a frame's past.
    package var isPersistent = false
    /// Whether chains draw their visible units. Without, visible units are their means, which is less noisy and does for CD-1; hidden
    /// units are drawn in any case, and persistent chains draw both.
    package var drawsVisible = false
    /// η, the factor of the mean gradient over a batch.
    package var learningRate: Float = 1e-2
    /// How η moves over all steps.
    package var schedule = Schedule.constant
    /// The momentum of the first `momentumEpochs` epochs, while the gradients are large (Hinton 2010).
    package var startMomentum: Float = 0.5
    package var momentumEpochs = 5
    /// The momentum from then on.
    package var momentum: Float = 0.9
    /// λ of the penalty ½λ‖θ‖² on weights W, A, B.
    package var weightDecay: Float = 2e-4
    /// Draws the hidden units' mean activation towards a target; nil does not.
    package var sparsity: Sparsity?
    /// Frames over which prediction error and free energies are measured after each epoch, evenly spaced.
    package var monitoredFrames = 1024
    /// Random seed of the order of frames and of the chains; the machine's start has a seed of its own.
    package var seed: UInt64 = 0

    /// Adds cost · (target − mean P(h_j = 1)) of a batch to the gradient of c_j: H. Lee, C. Ekanadham, A. Ng, *Sparse deep belief
    /// net model for visual area V2* (2008).
    package struct Sparsity: Sendable, Equatable, Codable {
        /// 0 … 1
        package var target: Float
        package var cost: Float

        package init(target: Float, cost: Float) {
            self.target = target
            self.cost = cost
        }
    }

    package init() {}

    /// The first option that makes no sense for `machine`.
    func check(_ machine: BoltzmannMachine) throws(BoltzmannError) {
        func demand(_ holds: Bool, _ name: String, _ reason: String) throws(BoltzmannError) {
            if !holds { throw .option(name, reason: reason) }
        }
        try demand(epochs >= 0, "epochs", "is \(epochs); it must not be negative")
        try demand(batch > 0, "batch", "is \(batch); it must be at least 1")
        try demand(monitoredFrames > 0, "monitoredFrames", "is \(monitoredFrames); it must be at least 1")
        try demand(gibbsSteps > 0, "gibbsSteps", "is \(gibbsSteps); it must be at least 1")
        try demand(
            !isPersistent || machine.order == 0, "isPersistent", "needs a machine without past; this one's order is \(machine.order)")
        try demand(learningRate > 0 && learningRate.isFinite, "learningRate", "is \(learningRate); it must be positive")
        for (name, value) in [("startMomentum", startMomentum), ("momentum", momentum)] {
            try demand(value >= 0 && value < 1, name, "is \(value); it must lie in 0 ..< 1")
        }
        try demand(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", "is \(weightDecay); it must not be negative")
        if let sparsity {
            try demand(sparsity.target > 0 && sparsity.target < 1, "sparsity.target", "is \(sparsity.target); it must lie between 0 and 1")
            try demand(sparsity.cost >= 0 && sparsity.cost.isFinite, "sparsity.cost", "is \(sparsity.cost); it must not be negative")
        }
    }
}
