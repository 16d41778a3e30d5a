import StimmungSupport

/// An error that ends an experiment.
package enum ExperimentError: StimmungError, Equatable {
    /// The error or the gradient became infinite or NaN at this update.
    case diverged(update: Int)
    /// This layer has no forward derivative, which second-order optimisation needs.
    case withoutTangent(layer: String)

    package var code: String {
        switch self {
        case .diverged: "laboratory.diverged"
        case .withoutTangent: "laboratory.without-tangent"
        }
    }

    package var description: String {
        switch self {
        case .diverged(let update):
            "Training diverged at update \(update): the error is not finite. Use a lower learning rate or a smaller gradient clip."
        case .withoutTangent(let layer):
            "Hessian-free optimisation does not support the layer \(layer). Remove it, or use SGD, Adam or L-BFGS."
        }
    }
}
