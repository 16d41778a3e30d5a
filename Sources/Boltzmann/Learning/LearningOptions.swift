import StimmungNetworks

/// The options of contrastive divergence.
package struct LearningOptions: Sendable, Equatable {
    /// Passes over the training frames.
    package var epochs = 20
    /// Frames per step.
    package var batch = 256
    /// k of CD-k: Gibbs steps per chain.
    package var gibbsSteps = 1
    /// Persistent CD: chains continue from step to step instead of starting from the data (T. Tieleman, 2008). For plain machines only: a
    /// chain of a conditional machine depends on the past of a frame.
    package var isPersistent = false
    /// Whether chains sample their visible units. Otherwise visible units are their means, which is less noisy and sufficient for CD-1.
    /// Hidden units are always sampled; persistent chains sample both.
    package var drawsVisible = false
    /// η, the factor of the mean gradient over a batch.
    package var learningRate: Float = 1e-2
    /// The schedule of η over all steps.
    package var schedule = Schedule.constant
    /// The momentum of the first `momentumEpochs` epochs, while the gradients are large (Hinton 2010).
    package var startMomentum: Float = 0.5
    package var momentumEpochs = 5
    /// The momentum of later epochs.
    package var momentum: Float = 0.9
    /// λ of the penalty ½λ‖θ‖² on the weights W, A and B.
    package var weightDecay: Float = 2e-4
    /// Moves the hidden units' mean activation towards a target; nil for no target.
    package var sparsity: Sparsity?
    /// Number of evenly spaced frames on which prediction error and free energies are measured after each epoch.
    package var monitoredFrames = 1024
    /// Random seed of the order of frames and of the chains; the machine's initial weights have a separate seed.
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

    /// - Throws: `BoltzmannError.option` for the first option that is invalid or does not suit `machine`.
    func check(_ machine: BoltzmannMachine) throws(BoltzmannError) {
        func demand(_ holds: Bool, _ name: String, _ reason: String) throws(BoltzmannError) {
            if !holds { throw .option(name, reason: reason) }
        }
        try demand(epochs >= 0, "epochs", "is \(epochs); it must not be negative")
        try demand(batch > 0, "batch", "is \(batch); it must be at least 1")
        try demand(monitoredFrames > 0, "monitoredFrames", "is \(monitoredFrames); it must be at least 1")
        try demand(gibbsSteps > 0, "gibbsSteps", "is \(gibbsSteps); it must be at least 1")
        try demand(
            !isPersistent || machine.order == 0, "isPersistent", "needs a machine of order 0; the order is \(machine.order)")
        try demand(learningRate > 0 && learningRate.isFinite, "learningRate", "is \(learningRate); it must be above 0")
        for (name, value) in [("startMomentum", startMomentum), ("momentum", momentum)] {
            try demand(value >= 0 && value < 1, name, "is \(value); it must be in 0 ..< 1")
        }
        try demand(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", "is \(weightDecay); it must not be negative")
        if let sparsity {
            try demand(sparsity.target > 0 && sparsity.target < 1, "sparsity.target", "is \(sparsity.target); it must be between 0 and 1")
            try demand(sparsity.cost >= 0 && sparsity.cost.isFinite, "sparsity.cost", "is \(sparsity.cost); it must not be negative")
        }
    }
}
