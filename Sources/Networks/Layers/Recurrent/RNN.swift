import StimmungTensors

/// A plain recurrent layer (Elman 1990).
///
///     h_t = f(W_x x_t + W_h h_{t−1} + b),  h_0 = 0
///
/// The layer is trained by back-propagation through time. With δ_t the gradient of the loss with respect to the argument of f at step t,
///
///     δ_t = f′ ∘ (∂L/∂h_t + W_hᵀ δ_{t+1}),  ∂L/∂W_x = Σ δ_t x_tᵀ,  ∂L/∂W_h = Σ δ_t h_{t−1}ᵀ,  ∂L/∂b = Σ δ_t
///
/// where f′ is a function of h_t alone for every `Activation`. The loop over time is in `RecurrentLayer`. Arguments and gradients are
/// computed in place, in h and ∂L/∂h.
///
/// Parameters, for D inputs and H cells: `W_x` H × D, `W_h` H × H, `b` H. W_x and W_h are initialised uniformly within ±1/√H, b to 0.
package struct RNN: RecurrentLayer {
    /// The name used in recipes.
    package typealias Activation = StimmungNetworks.Activation

    /// D
    package let inputs: Int
    /// H
    package let cells: Int
    /// f
    package let activation: Activation
    package let truncation: Int?

    package typealias Memory = Void
    package typealias Trace = RecurrentTrace<Void>

    package static var arguments: Int { 1 }
    package var ownParameters: Int { 0 }

    /// - Parameter truncation: at least 1.
    package init(inputs: Int, cells: Int, activation: Activation = .tanh, truncation: Int? = nil) {
        precondition(truncation ?? 1 >= 1, "truncation must be at least 1 step")
        self.inputs = inputs
        self.cells = cells
        self.activation = activation
        self.truncation = truncation
    }

    package var parameters: [ParameterShape] {
        [
            ParameterShape("W_x", rows: cells, columns: inputs, isWeight: true),
            ParameterShape("W_h", rows: cells, columns: cells, isWeight: true),
            ParameterShape("b", columns: cells),
        ]
    }

    package func describe() -> LayerDescription {
        LayerDescription(
            "rnn", of: self,
            attributes: [
                "cells": .integer(cells), "activation": .text(activation.rawValue),
                "truncation": truncation.map(LayerDescription.Attribute.integer),
            ])
    }

    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {
        initialiseWeights(&parameters, using: &random)
    }

    package func makeMemory() {}

    package static var isInPlace: Bool { true }

    package func prepare(_ memory: Void, rows: Int, sequences: Int, resumes: Bool) {}

    package func argumentRows(_ memory: Void, rows: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> { rows }

    package func activate(_ step: RecurrentStep, _ memory: Void, _ θ: UnsafePointer<Float>, _ h: UnsafeMutablePointer<Float>) {
        let own = h + step.row * cells
        activation.apply(step.count * cells, own, own)
    }

    package func differentiate(_ step: RecurrentStep, _ memory: Void, _ pointers: RecurrentGradientPointers, isBorder: Bool) {
        let at = step.row * cells
        activation.differentiate(step.count * cells, pointers.hidden + at, pointers.hiddenGradient + at)
    }
}
