import CStimmungKernels
import StimmungTensors

/// Long short-term memory with peepholes.
///
///     i_t = σ(W_xi x_t + W_hi h_{t−1} + w_ci ∘ c_{t−1} + b_i)
///     f_t = σ(W_xf x_t + W_hf h_{t−1} + w_cf ∘ c_{t−1} + b_f)
///     c_t = f_t ∘ c_{t−1} + i_t ∘ tanh(W_xc x_t + W_hc h_{t−1} + b_c)
///     o_t = σ(W_xo x_t + W_ho h_{t−1} + w_co ∘ c_t + b_o)
///     h_t = o_t ∘ tanh(c_t)
///
/// Sources: F. Gers, N. Schraudolph, J. Schmidhuber, *Learning precise timing with LSTM recurrent networks*, JMLR 3 (2002);
/// A. Graves, *Generating sequences with recurrent neural networks* (2013), whose peepholes are diagonal as here.
///
/// Parameters, for D inputs and H cells, the gates in the order i, f, c, o: `W_x` 4H × D, `W_h` 4H × H, `w_c` 3 × H (to i, f, o), `b` 4H.
/// W_x and W_h are initialised uniformly within ±1/√H, w_c and b to 0, but b_f to 1, so that untrained cells remember (Gers, Schmidhuber,
/// Cummins 2000).
package struct LSTM: RecurrentLayer {
    /// D
    package let inputs: Int
    /// H
    package let cells: Int
    package let truncation: Int?

    package typealias Trace = RecurrentTrace<Memory>

    package static var arguments: Int { 4 }
    /// The peepholes.
    package var ownParameters: Int { 3 * cells }

    /// - Parameter truncation: at least 1.
    package init(inputs: Int, cells: Int, truncation: Int? = nil) {
        precondition(truncation ?? 1 >= 1, "truncation must be at least 1 step")
        self.inputs = inputs
        self.cells = cells
        self.truncation = truncation
    }

    package var parameters: [ParameterShape] {
        [
            ParameterShape("W_x", rows: 4 * cells, columns: inputs, isWeight: true),
            ParameterShape("W_h", rows: 4 * cells, columns: cells, isWeight: true),
            ParameterShape("w_c", rows: 3, columns: cells),
            ParameterShape("b", columns: 4 * cells),
        ]
    }

    package func describe() -> LayerDescription {
        LayerDescription(
            "lstm", of: self,
            attributes: [
                "cells": .integer(cells), "gates": .text("i,f,c,o"), "peepholes": .text("i,f,o"),
                "truncation": truncation.map(LayerDescription.Attribute.integer),
            ])
    }

    package func initialise(_ parameters: inout [Float], using random: inout RandomSource) {
        initialiseWeights(&parameters, using: &random)
        for i in biasOffset + cells..<biasOffset + 2 * cells { parameters[i] = 1 }
    }

    /// Activations, and the state of a stream. R is the number of rows that are kept.
    package struct Memory {
        /// i, f, tanh(…), o; `backward` turns them into the gradients of their arguments. R × 4H
        package let gates = WorkingMemory()
        /// c_t, R × H
        package let cell = WorkingMemory()
        /// tanh(c_t), R × H
        package let squashed = WorkingMemory()
        /// c at the start of the sequences: zero, or the state of a stream. While rows are not kept, c_t. sequences × H
        let start = WorkingMemory()
        /// The gradient of c_t, back-propagated in time. sequences × H
        let cellGradient = WorkingMemory()
    }

    package func makeMemory() -> Memory { Memory() }

    package static var isInPlace: Bool { false }

    package func prepare(_ memory: Memory, rows: Int, sequences: Int, resumes: Bool) {
        memory.gates.reserve(rows * 4 * cells)
        memory.cell.reserve(rows * cells)
        memory.squashed.reserve(rows * cells)
        memory.cellGradient.clear(sequences * cells)
        if !resumes { memory.start.clear(sequences * cells) }
    }

    package func argumentRows(_ memory: Memory, rows: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> { memory.gates.pointer }

    package func activate(_ step: RecurrentStep, _ memory: Memory, _ θ: UnsafePointer<Float>, _ h: UnsafeMutablePointer<Float>) {
        let own = (step.slot ?? step.row) * cells
        // The state is updated in place while rows are not kept.
        let state = memory.start.pointer + step.sequence * cells
        ck_lstm_forward(
            step.count, cells, memory.gates.pointer + 4 * own, step.slot == nil ? previousCell(step, memory) : UnsafePointer(state),
            θ + ownOffset, step.slot == nil ? memory.cell.pointer + own : state, memory.squashed.pointer + own, h + step.row * cells)
    }

    package func differentiate(_ step: RecurrentStep, _ memory: Memory, _ pointers: RecurrentGradientPointers, isBorder: Bool) {
        let at = step.row * cells
        let cellGradient = memory.cellGradient.pointer + step.sequence * cells
        ck_lstm_backward(
            step.count, cells, memory.gates.pointer + 4 * at, previousCell(step, memory), memory.cell.pointer + at,
            memory.squashed.pointer + at, pointers.θ + ownOffset, pointers.hiddenGradient + at, cellGradient,
            pointers.gradient + ownOffset)
        // At the first step this leaves zeros for the next backward pass.
        if isBorder { cellGradient.update(repeating: 0, count: step.count * cells) }
    }

    /// c_{t−1} of the sequences that include the step.
    private func previousCell(_ step: RecurrentStep, _ memory: Memory) -> UnsafePointer<Float> {
        UnsafePointer(step.previous.map { memory.cell.pointer + $0 * cells } ?? memory.start.pointer + step.sequence * cells)
    }
}
