import StimmungNetworks

/// A loss with a Gauss–Newton model of its curvature.
package protocol CurvedObjective: AnyObject {
    /// Loss and gradient. Subsequent products are evaluated at this θ.
    func lossAndGradient(_ θ: [Float]) throws -> (loss: Double, gradient: [Float])
    /// The loss only; does not change the θ of products.
    func loss(_ θ: [Float]) throws -> Double
    /// Gv, where G = JᵀHJ is the Gauss–Newton matrix of the network's Jacobian J and the Hessian H of the loss with respect to the
    /// network's output.
    ///
    /// - Parameter structural: weight of structural damping, which adds the squared change of recurrent layers' activations.
    func gaussNewtonProduct(_ v: [Float], structural: Double) throws -> [Float]
    /// A non-negative estimate of G's diagonal; `number` selects the random numbers.
    func curvatureDiagonal(_ number: Int) throws -> [Float]
}

/// Hessian-free optimisation: truncated Newton steps on a Gauss–Newton model of the loss, by conjugate gradients with Levenberg–Marquardt
/// damping.
///
///     var optimiser = HessianFree()
///     let θ = try optimiser.minimise(objective, from: network.parameters.values)
///
/// Sources: J. Martens, *Deep learning via Hessian-free optimization* (2010); J. Martens, I. Sutskever, *Learning recurrent neural networks
/// with Hessian-free optimization* (2011), for structural damping; N. Schraudolph, *Fast curvature matrix-vector products* (2002).
package struct HessianFree: Sendable {
    package var iterations = 100
    /// Initial λ of the damping ½λ‖p‖²; it then adapts to the quality of the model's predictions.
    package var damping = 1.0
    /// μ: structural damping has the weight λμ; 0 disables it.
    package var structuralDamping = 0.0
    /// Maximum number of conjugate-gradient iterations per step.
    package var innerIterations = 250
    /// Conjugate gradients start from the previous step times this factor.
    package var momentum = 0.95
    /// Loss at which to stop.
    package var target = -Double.infinity

    package init() {}

    /// The result of an iteration.
    package struct Iteration: Sendable, Equatable {
        /// Counted from 1.
        package let number: Int
        package let loss: Double
        package let gradientNorm: Double
        /// λ after the iteration.
        package let damping: Double
        /// Conjugate-gradient iterations.
        package let innerIterations: Int
        /// 0 if no step decreased the loss.
        package let stepLength: Double
    }

    /// - Parameter iterationDone: called after each iteration with its parameters; may throw to stop.
    /// - Throws: `TrainingError.diverged` if the loss or the gradient is not finite, and whatever the objective and the closure throw.
    package func minimise(
        _ objective: some CurvedObjective, from start: [Float], iterationDone: (Iteration, [Float]) throws -> Void = { _, _ in }
    ) throws -> [Float] {
        var θ = start
        var λ = damping
        var previous = [Float](repeating: 0, count: θ.count)
        for number in 1...max(1, iterations) {
            let (loss, gradient) = try objective.lossAndGradient(θ)
            guard loss.isFinite, gradient.norm.isFinite else { throw TrainingError.diverged(epoch: number) }
            if loss <= target { break }
            let diagonal = try objective.curvatureDiagonal(number)
            // M = (diag + λ)^¾, a compromise between no preconditioning and the full diagonal.
            let preconditioner = diagonal.map { Self.threeQuarterPower($0 + Float(λ)) }
            let damping = λ
            let iterates = try ConjugateGradients(iterations: innerIterations).run(
                gradient: gradient, start: previous.scaled(momentum), preconditioner: preconditioner
            ) { v in
                try objective.gaussNewtonProduct(v, structural: damping * structuralDamping).adding(v, times: damping)
            }
            let last = iterates[iterates.count - 1]
            previous = last.p
            let (step, reached) = try best(objective, θ, iterates)
            // ρ: actual decrease of the loss over the decrease predicted by the model, at the final iterate of conjugate gradients.
            let end = try step.iteration == last.iteration ? reached : objective.loss(θ.adding(last.p, times: 1))
            let ρ = last.value < 0 && end.isFinite ? (end - loss) / last.value : 0
            if ρ < 0.25 { λ *= 1.5 } else if ρ > 0.75 { λ /= 1.5 }
            let length = try stepLength(objective, from: (θ, loss), along: step.p, reached, slope: step.p.dot(gradient))
            if length > 0 { θ.add(step.p, times: length) } else { previous = [Float](repeating: 0, count: θ.count) }
            try iterationDone(
                Iteration(
                    number: number, loss: length == 1 ? reached : length > 0 ? try objective.loss(θ) : loss, gradientNorm: gradient.norm,
                    damping: λ, innerIterations: last.iteration, stepLength: length), θ)
        }
        return θ
    }

    /// Backtracks from the last iterate as long as the loss falls: the later directions may overfit the model to the batch.
    private func best(
        _ objective: some CurvedObjective, _ θ: [Float], _ iterates: [ConjugateGradients.Iterate]
    ) throws -> (step: ConjugateGradients.Iterate, loss: Double) {
        var step = iterates[iterates.count - 1]
        var loss = try objective.loss(θ.adding(step.p, times: 1))
        for iterate in iterates.dropLast().reversed() {
            let earlier = try objective.loss(θ.adding(iterate.p, times: 1))
            if earlier >= loss { break }
            (step, loss) = (iterate, earlier)
        }
        return (step, loss)
    }

    /// Shortens a step until the loss decreases by a hundredth of the decrease predicted by the slope; 0 if no length does.
    private func stepLength(
        _ objective: some CurvedObjective, from start: (θ: [Float], loss: Double), along p: [Float], _ reached: Double, slope: Double
    ) throws -> Double {
        var (length, end) = (1.0, reached)
        for _ in 0..<60 {
            if end.isFinite, end <= start.loss + 0.01 * length * min(slope, 0) { return length }
            length *= 0.8
            end = try objective.loss(start.θ.adding(p, times: length))
        }
        return 0
    }

    /// x^¾ = √x · √√x
    private static func threeQuarterPower(_ x: Float) -> Float { x.squareRoot() * x.squareRoot().squareRoot() }
}
