import Foundation

/// The norm ‖w‖_p = (Σ |w_i|^p)^(1/p), p ≥ 1, and the Euclidean projection onto its balls.
package enum WeightNorm {
    package static func norm(_ w: some Collection<Float>, p: Float) -> Float {
        // Relative to the largest element, so that no power overflows.
        let largest = w.reduce(Float(0)) { max($0, abs($1)) }
        guard largest > 0, largest.isFinite else { return largest }
        let sum = w.reduce(0.0) { $0 + power(Double(abs($1) / largest), Double(p)) }
        return largest * Float(p == 1 ? sum : p == 2 ? sum.squareRoot() : pow(sum, 1 / Double(p)))
    }

    /// Replaces w by the nearest vector with ‖w‖_p ≤ limit.
    ///
    /// - p = 1: soft thresholding, with the threshold of J. Duchi et al., *Efficient projections onto the ℓ₁-ball* (2008). It is found
    ///   without a sort, by repeatedly dropping the entries below it (C. Michelot, 1986).
    /// - p = 2: scaling.
    /// - Any other p: the Karush–Kuhn–Tucker conditions are x_i + ν x_i^(p−1) = |w_i| for one ν ≥ 0. Newton's method solves for each x_i,
    ///   and a bracketed Newton's method finds the ν with ‖x‖_p = limit. The cost is about 30 exponentials per weight, against a few
    ///   multiplications for p = 1 and 2.
    package static func project<Weights: MutableCollection<Float>>(_ w: inout Weights, p: Float, limit: Float) {
        precondition(p >= 1 && p.isFinite && limit > 0, "a ball has p ≥ 1 and a radius above 0")
        let norm = norm(w, p: p)
        guard norm > limit, norm.isFinite else { return }
        if p == 1 {
            let threshold = absoluteThreshold(w, Double(limit))
            replace(&w) { max(Float(Double($0) - threshold), 0) }
        } else if p == 2 {
            replace(&w) { $0 * (limit / norm) }
        } else {
            // On the unit ball, where powers neither overflow nor underflow.
            let (p, limit) = (Double(p), Double(limit))
            let ν = multiplier(w, p: p, limit: limit)
            replace(&w) { Float(limit * solve(Double($0) / limit, ν: ν, p: p)) }
        }
    }

    /// Replaces magnitudes, and keeps signs.
    private static func replace<Weights: MutableCollection<Float>>(_ w: inout Weights, _ magnitude: (Float) -> Float) {
        for i in w.indices {
            let value = magnitude(abs(w[i]))
            w[i] = w[i] < 0 ? -value : value
        }
    }

    /// sign(x) |x|^e
    static func signedPower(_ x: Float, _ e: Float) -> Float { x < 0 ? -pow(-x, e) : pow(x, e) }

    private static func power(_ x: Double, _ p: Double) -> Double { p == 1 ? x : p == 2 ? x * x : x > 0 ? pow(x, p) : 0 }

    /// θ with Σ max(|w_i| − θ, 0) = limit.
    private static func absoluteThreshold(_ w: some Collection<Float>, _ limit: Double) -> Double {
        var threshold = 0.0
        var active = -1
        while true {
            var (sum, count) = (0.0, 0)
            for x in w where Double(abs(x)) > threshold {
                sum += Double(abs(x))
                count += 1
            }
            // The threshold only rises, so an equal count means the same entries.
            if count == active || count == 0 { return threshold }
            active = count
            threshold = (sum - limit) / Double(count)
        }
    }

    /// ν with ‖x(ν)‖_p = 1 for w / limit.
    ///
    /// 1/‖x‖ is linear in ν for p = 2 and nearly so for other p, so Newton's method on it takes few steps.
    private static func multiplier(_ w: some Collection<Float>, p: Double, limit: Double) -> Double {
        var (low, high) = (0.0, Double.infinity)
        var ν = 0.0
        for _ in 0..<200 {
            var (sum, slope) = (0.0, 0.0)
            for weight in w where weight != 0 {
                let x = solve(Double(abs(weight)) / limit, ν: ν, p: p)
                guard x > 0 else { continue }
                let u = pow(x, p - 1)
                sum += u * x
                slope -= u * u / (1 + ν * (p - 1) * u / x)
            }
            let norm = pow(sum, 1 / p)
            if abs(norm - 1) <= 1e-9 { break }
            if norm > 1 { low = ν } else { high = ν }
            // d(1/‖x‖)/dν = −‖x‖^(−1−p) Σ x^(p−1) dx/dν
            let rise = -pow(norm, -1 - p) * slope
            let next = ν + (1 - 1 / norm) / rise
            let inside = next > low && next < high
            ν = inside ? next : high.isFinite ? (low + high) / 2 : max(2 * low, 1)
            if high.isFinite, high - low <= 1e-15 * high { break }
        }
        return ν
    }

    /// x ≥ 0 with x + ν x^(p−1) = a.
    ///
    /// With z = log x, the left side is a sum of two exponentials, convex and increasing for every p > 1. Started from the right, where one
    /// term alone equals a, Newton's method converges without overshooting.
    private static func solve(_ a: Double, ν: Double, p: Double) -> Double {
        guard a > 0, ν > 0 else { return a }
        var z = min(log(a), log(a / ν) / (p - 1))
        for _ in 0..<50 {
            let (first, second) = (exp(z), ν * exp((p - 1) * z))
            let step = (first + second - a) / (first + (p - 1) * second)
            z -= step
            if !(abs(step) > 1e-12) { break }
        }
        return exp(z)
    }
}
