/// Preconditioned conjugate gradients on the quadratic q(p) = gᵀp + ½ pᵀBp, with the stopping rule and stored iterates of Hessian-free
/// optimisation.
///
/// Source: J. Martens, *Deep learning via Hessian-free optimization* (2010), sections 4.4 to 4.7.
struct ConjugateGradients: Sendable {
    var iterations = 250
    /// ε of the stopping rule: relative progress in q per iteration, averaged over the last tenth (at least 10) of the iterations.
    var tolerance = 5e-4
    /// γ: iterates γ, γ², … are stored for backtracking.
    static let spacing = 1.3

    struct Iterate: Sendable {
        let p: [Float]
        /// q(p)
        let value: Double
        let iteration: Int
    }

    /// - Parameters:
    ///   - gradient: g.
    ///   - start: initial p.
    ///   - preconditioner: M, the positive diagonal of an approximation of B.
    ///   - product: computes Bv; B is positive definite.
    /// - Returns: the stored iterates, at least one, including the final one.
    func run(gradient: [Float], start: [Float], preconditioner: [Float], product: ([Float]) throws -> [Float]) rethrows -> [Iterate] {
        var p = start
        let startProduct = try product(p)
        // r = Bp + g, the gradient of q.
        var r = startProduct.adding(gradient, times: 1)
        func value() -> Double { 0.5 * (p.dot(r) + p.dot(gradient)) }
        var z = zip(r, preconditioner).map { $0 / $1 }
        var d = z.scaled(-1)
        var rz = r.dot(z)
        var values = [value()]
        var kept = [Iterate(p: p, value: values[0], iteration: 0)]
        var next = Self.spacing
        for iteration in 1...max(1, iterations) {
            let bd = try product(d)
            let curvature = d.dot(bd)
            guard curvature > 0, curvature.isFinite, rz > 0 else { break }
            let α = rz / curvature
            p.add(d, times: α)
            r.add(bd, times: α)
            values.append(value())
            if Double(iteration) >= next {
                kept.append(Iterate(p: p, value: values[iteration], iteration: iteration))
                while Double(iteration) >= next { next = max(next * Self.spacing, next + 1) }
            }
            let span = max(10, iteration / 10)
            if iteration > span, values[iteration] < 0,
                (values[iteration] - values[iteration - span]) / values[iteration] < Double(span) * tolerance
            {
                if kept.last?.iteration != iteration { kept.append(Iterate(p: p, value: values[iteration], iteration: iteration)) }
                return kept
            }
            z = zip(r, preconditioner).map { $0 / $1 }
            let before = rz
            rz = r.dot(z)
            d = z.scaled(-1).adding(d, times: rz / before)
        }
        if let last = values.indices.last, kept.last?.iteration != last { kept.append(Iterate(p: p, value: values[last], iteration: last)) }
        return kept
    }
}
