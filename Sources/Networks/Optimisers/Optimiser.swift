import CStimmungKernels
import StimmungSupport
import StimmungTensors

/// The optimisation algorithm.
package enum OptimiserKind: String, Sendable, Choice {
    /// Stochastic gradient descent with momentum.
    case sgd
    /// Adam with decoupled weight decay.
    case adam
}

/// Stochastic gradient descent with momentum, or Adam with decoupled weight decay, and their state.
///
/// SGD: v ← μ v + g + decay · θ, θ ← θ − η v (Polyak 1964). Adam: I. Loshchilov, F. Hutter, *Decoupled weight decay regularization* (2019),
/// with β₁ = 0.9, β₂ = 0.999, ε = 1e-8. Decay applies to weights only (`ParameterShape.isWeight`).
package struct Optimiser: Sendable, Equatable {
    package struct Options: Sendable, Equatable, Codable {
        package var kind = OptimiserKind.adam
        /// μ of SGD, 0 ..< 1.
        package var momentum: Float = 0.9
        /// Weight decay, at least 0.
        package var weightDecay: Float = 0.01

        package init(kind: OptimiserKind = .adam, momentum: Float = 0.9, weightDecay: Float = 0.01) {
            self.kind = kind
            self.momentum = momentum
            self.weightDecay = weightDecay
        }
    }

    package let options: Options
    /// Number of completed steps.
    package internal(set) var steps = 0
    /// SGD's velocity, or Adam's mean of gradients.
    package internal(set) var first: [Float]
    /// Adam's mean of squared gradients; empty for SGD.
    package internal(set) var second: [Float]

    package init(_ options: Options, parameters: Int) {
        self.options = options
        first = [Float](repeating: 0, count: parameters)
        second = options.kind == .adam ? first : []
    }

    private static let β1: Float = 0.9
    private static let β2: Float = 0.999
    static let ε: Float = 1e-8

    /// Takes one step. The gradient must have the length of `parameters.values`.
    package mutating func step(_ parameters: inout Parameters, gradient: [Float], learningRate: Float) {
        precondition(gradient.count == parameters.values.count && gradient.count == first.count, "the gradient is of another network")
        steps += 1
        for entry in parameters.entries where entry.shape.movement == nil {
            let decay = entry.shape.isWeight ? options.weightDecay : 0
            switch options.kind {
            case .sgd: descend(entry.range, &parameters.values, gradient, learningRate, decay)
            case .adam: adapt(entry.range, &parameters.values, gradient, learningRate, decay)
            }
        }
    }

    private mutating func descend(_ range: Range<Int>, _ values: inout [Float], _ gradient: [Float], _ rate: Float, _ decay: Float) {
        for i in range {
            first[i] = options.momentum * first[i] + gradient[i] + decay * values[i]
            values[i] -= rate * first[i]
        }
    }

    private mutating func adapt(_ range: Range<Int>, _ values: inout [Float], _ gradient: [Float], _ rate: Float, _ decay: Float) {
        let rate1 = 1 / (1 - power(Self.β1, steps))
        let rate2 = secondMomentCorrection
        // Bounds: all four arrays have the length of the parameters, and `range` lies within.
        first.withUnsafeMutableBufferPointer { first in
            second.withUnsafeMutableBufferPointer { second in
                withPointers(reading: gradient, writing: &values) { g, θ in
                    guard let m = first.baseAddress, let v = second.baseAddress else { return }
                    let at = range.lowerBound
                    ck_adam(range.count, rate, Self.β1, Self.β2, Self.ε, decay, rate1, rate2, g + at, m + at, v + at, θ + at)
                }
            }
        }
    }

    /// Bias correction of Adam's mean of squared gradients, which starts at 0.
    var secondMomentCorrection: Float { 1 / (1 - power(Self.β2, steps)) }

    private func power(_ base: Float, _ exponent: Int) -> Float {
        var (result, factor, left) = (Double(1), Double(base), exponent)
        while left > 0 {
            if left & 1 == 1 { result *= factor }
            factor *= factor
            left >>= 1
        }
        return Float(result)
    }
}

/// Scales a gradient down to the norm `limit` if its norm is larger (Pascanu, Mikolov, Bengio 2013), and returns the original norm.
@discardableResult
package func clip(_ gradient: inout [Float], norm limit: Float) -> Float {
    var square = 0.0
    for g in gradient { square += Double(g) * Double(g) }
    let norm = Float(square.squareRoot())
    guard norm > limit, norm.isFinite else { return norm }
    let factor = limit / norm
    for i in gradient.indices { gradient[i] *= factor }
    return norm
}
