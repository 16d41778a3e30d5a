import StimmungSupport

/// Why an experiment ended without a result.
package enum ExperimentError: StimmungError, Equatable {
    /// The error or the gradient became infinite or NaN at this update.
    case diverged(update: Int)
    /// Second-order optimisation needs a forward derivative, which this layer does not have.
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
            "The training diverged at update \(update): the error is no longer a number. Take a lower learning rate, or a smaller clip."
        case .withoutTangent(let layer):
            "Hessian-free optimisation cannot train the layer \(layer): leave it out, or take sgd, adam or L-BFGS"
        }
    }
}
