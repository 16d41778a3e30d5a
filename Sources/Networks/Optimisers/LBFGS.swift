/// L-BFGS: quasi-Newton steps based on the most recent changes of parameters and gradient, with a line search.
///
///     let θ = try LBFGS().minimise(from: network.parameters.values) { try objective.lossAndGradient($0) }
///
/// The loss must be the same function at every call: all training data, or one fixed batch, without dropout.
///
/// Source: D. Liu, J. Nocedal, *On the limited memory BFGS method for large scale optimization* (1989).
package struct LBFGS: Sendable {
    /// Number of stored changes; each needs two parameter vectors.
    package var memory = 10
    package var iterations = 100
    /// Stops when the gradient's norm is at most `tolerance` · max(1, ‖θ‖).
    package var tolerance = 1e-5

    package init() {}

    /// The result of an iteration.
    package struct Iteration: Sendable, Equatable {
        /// Counted from 1.
        package let number: Int
        package let loss: Double
        package let gradientNorm: Double
        package let stepLength: Double
        /// Evaluations of loss and gradient so far.
        package let evaluations: Int
    }

    /// - Parameters:
    ///   - evaluate: computes the loss and its gradient; the line search treats an infinite or NaN loss as too long a step.
    ///   - iterationDone: called after each iteration with its parameters; may throw to stop.
    /// - Returns: the parameters with the lowest loss found.
    /// - Throws: `TrainingError.diverged` if the initial loss or gradient is not finite, and whatever the closures throw.
    package func minimise(
        from start: [Float], evaluate: ([Float]) throws -> (loss: Double, gradient: [Float]),
        iterationDone: (Iteration, [Float]) throws -> Void = { _, _ in }
    ) throws -> [Float] {
        var θ = start
        var (loss, gradient) = try evaluate(θ)
        guard loss.isFinite, gradient.norm.isFinite else { throw TrainingError.diverged(epoch: 1) }
        var evaluations = 1
        var changes = Changes(limit: memory)
        for number in 1...max(1, iterations) {
            if gradient.norm <= tolerance * max(1, θ.norm) { break }
            var direction = changes.direction(gradient)
            var slope = direction.dot(gradient)
            if slope >= 0 {
                // Rounding errors have corrupted the curvature model: reset it.
                changes = Changes(limit: memory)
                direction = gradient.scaled(-1)
                slope = direction.dot(gradient)
            }
            let begin = LineSearch.Point(length: 0, loss: loss, slope: slope, gradient: gradient)
            // A quasi-Newton step usually has the right length; the first step has no model yet.
            let first = changes.isEmpty ? min(1, 1 / gradient.norm) : 1
            let found = try LineSearch().run(from: begin, first: first) { length in
                evaluations += 1
                let (loss, gradient) = try evaluate(θ.adding(direction, times: length))
                return LineSearch.Point(length: length, loss: loss, slope: gradient.dot(direction), gradient: gradient)
            }
            guard let found else {
                if changes.isEmpty { break }
                changes = Changes(limit: memory)
                continue
            }
            let step = direction.scaled(found.length)
            changes.add(step: step, gradientChange: found.gradient.adding(gradient, times: -1))
            θ.add(step, times: 1)
            (loss, gradient) = (found.loss, found.gradient)
            try iterationDone(
                Iteration(number: number, loss: loss, gradientNorm: gradient.norm, stepLength: found.length, evaluations: evaluations), θ)
        }
        return θ
    }

    /// The changes s_k = θ_{k+1} − θ_k and y_k = g_{k+1} − g_k of the most recent iterations, the oldest first.
    private struct Changes {
        let limit: Int
        private var pairs: [(s: [Float], y: [Float], ρ: Double)] = []

        init(limit: Int) {
            self.limit = limit
        }

        var isEmpty: Bool { pairs.isEmpty }

        /// Stores a change if its curvature sᵀy is positive.
        mutating func add(step: [Float], gradientChange: [Float]) {
            let product = step.dot(gradientChange)
            guard product > 1e-10 * gradientChange.dot(gradientChange) else { return }
            if pairs.count == limit { pairs.removeFirst() }
            pairs.append((step, gradientChange, 1 / product))
        }

        /// −H g by the two-loop recursion, where H approximates the inverse Hessian.
        func direction(_ gradient: [Float]) -> [Float] {
            var q = gradient.scaled(-1)
            var factors: [Double] = []
            for pair in pairs.reversed() {
                let α = pair.ρ * pair.s.dot(q)
                q.add(pair.y, times: -α)
                factors.append(α)
            }
            if let last = pairs.last { q = q.scaled(1 / (last.ρ * last.y.dot(last.y))) }
            for (pair, α) in zip(pairs, factors.reversed()) {
                q.add(pair.s, times: α - pair.ρ * pair.y.dot(q))
            }
            return q
        }
    }
}
