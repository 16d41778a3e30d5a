/// A penalty λ Ω(w) or a limit Ω(w) ≤ C on the norm Ω(w) = ‖w‖_p of weights, p ≥ 1: the two forms of structural risk minimisation
/// in the study.
///
///     options.regularisers = [Regulariser(.penalty(1e-4), p: 1), Regulariser(.limit(20), p: 2, layers: [0])]
///
/// w is a single weight array: `W` of a dense layer, or either of `W_x` and `W_h` of an LSTM. Biases, peepholes and running statistics are
/// not regularised. Ω is the norm, not its power: for p = 2 the penalty is λ‖w‖, which pulls a whole array to zero, whereas weight decay is
/// ½λ‖w‖².
///
/// A penalty with p > 1 adds λ ∂Ω/∂w = λ sign(w) (|w| / ‖w‖_p)^(p−1) to the loss's gradient, 0 where w = 0. A penalty with p = 1 is a
/// proximal step after the optimiser's step, which makes weights exactly zero (`Optimiser.shrink`). A limit projects the array onto the
/// ball after each step (`WeightNorm.project`). Neither changes the reported loss.
package struct Regulariser: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// λ, at least 0.
        case penalty(Float)
        /// C, above 0.
        case limit(Float)
    }

    package let kind: Kind
    package let p: Float
    /// Indices of the regularised layers; nil for all layers.
    package let layers: Set<Int>?

    package init(_ kind: Kind, p: Float, layers: Set<Int>? = nil) {
        switch kind {
        case .penalty(let λ): precondition(λ >= 0 && λ.isFinite, "a penalty must not be negative")
        case .limit(let c): precondition(c > 0 && c.isFinite, "a limit must be above 0")
        }
        precondition(p >= 1 && p.isFinite, "‖w‖_p is a norm for p ≥ 1 only")
        self.kind = kind
        self.p = p
        self.layers = layers
    }

    /// The ranges of the regularised weight arrays.
    private func ranges(_ parameters: Parameters) -> [Range<Int>] {
        parameters.entries.filter { entry in
            guard entry.shape.isWeight else { return false }
            guard let layers else { return true }
            return layers.contains { parameters.layerRanges[$0].contains(entry.offset) }
        }.map(\.range).filter { !$0.isEmpty }
    }

    /// Adds the gradient of a penalty with p > 1.
    package func addGradient(of parameters: Parameters, to gradient: inout [Float]) {
        guard case .penalty(let λ) = kind, p > 1, λ > 0 else { return }
        for range in ranges(parameters) {
            let norm = WeightNorm.norm(parameters.values[range], p: p)
            guard norm > 0 else { continue }
            for i in range {
                let share = parameters.values[i] / norm
                gradient[i] += p == 2 ? λ * share : λ * WeightNorm.signedPower(share, p - 1)
            }
        }
    }

    /// Completes the optimiser's step: the proximal step of a penalty with p = 1, or the projection of a limit.
    package func finish(_ parameters: inout Parameters, after optimiser: Optimiser, learningRate: Float) {
        for range in ranges(parameters) {
            switch kind {
            case .penalty(let λ): if p == 1 { optimiser.shrink(&parameters, range, by: λ, learningRate: learningRate) }
            case .limit(let c):
                parameters.values.withUnsafeMutableBufferPointer { values in
                    var own = UnsafeMutableBufferPointer(rebasing: values[range])
                    WeightNorm.project(&own, p: p, limit: c)
                }
            }
        }
    }
}

extension Optimiser {
    /// The proximal step of the penalty λ‖w‖_1 after a step of this optimiser: each weight moves towards 0 by its threshold, but not past
    /// 0.
    ///
    /// The threshold is λ times the weight's own step size, so that a weight stays at 0 while the gradient of its loss is smaller than λ.
    /// The step size is η / (1 − μ) for SGD with momentum μ, and η / (√v̂ + ε) for Adam with v̂ the mean of squared gradients (J. Yun, A.
    /// Lozano, E. Yang, *Adaptive proximal gradient methods for structured neural networks*, 2021). If `TrainingOptions.clip` scales a
    /// gradient down, the relative weight of λ grows by the same factor.
    func shrink(_ parameters: inout Parameters, _ range: Range<Int>, by λ: Float, learningRate: Float) {
        guard λ > 0 else { return }
        let rate2 = secondMomentCorrection
        // Bounds: `range` lies within the parameters, and `second` has their length unless it is empty.
        parameters.values.withUnsafeMutableBufferPointer { w in
            second.withUnsafeBufferPointer { v in
                for i in range {
                    let size = options.kind == .adam ? (v[i] * rate2).squareRoot() + Self.ε : 1 - options.momentum
                    let left = abs(w[i]) - learningRate * λ / size
                    w[i] = left > 0 ? (w[i] < 0 ? -left : left) : 0
                }
            }
        }
    }
}
