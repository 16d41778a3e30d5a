import StimmungNetworks
import StimmungTensors

/// The kind of a machine's visible units.
package enum VisibleUnits: String, Sendable, Codable, CaseIterable {
    /// 0 or 1, or probabilities in between.
    case binary
    /// Real numbers, with variance 1 given the hidden units; for standardised data.
    case gaussian
}

/// A restricted Boltzmann machine with binary hidden units, plain or conditional on the past.
///
///     let plain = BoltzmannMachine(visible: 39, hidden: 256, units: .gaussian, seed: 1)
///     let conditional = BoltzmannMachine(visible: 39, hidden: 256, units: .gaussian, order: 5, seed: 1)
///     let features = conditional.hiddenProbabilities(ofUtterance: mfcc)     // T × 256
///
/// V and H are the numbers of visible and hidden units. The past x_{<t} of a frame is the n frames before it, [x_{t−n}, …, x_{t−1}], with
/// P = n·V values; n is the order, and a plain machine has order 0. The biases depend on the past,
///
///     b̃ = b + x_{<t} A,     c̃ = c + x_{<t} B.
///
/// Given the past, a frame x and hidden units h have the energy E, the free energy F(x) = −ln Σ_h e^−E(x,h) and the conditionals
///
///     binary     E(x, h) = −xᵀWh − b̃ᵀx − c̃ᵀh             F(x) = −b̃ᵀx − Σ_j softplus(c̃_j + x·W_j)             P(x_i = 1 | h) = σ(b̃_i + W_i·h)
///     Gaussian   E(x, h) = ½‖x − b̃‖² − xᵀWh − c̃ᵀh        F(x) = ½‖x − b̃‖² − Σ_j softplus(c̃_j + x·W_j)        P(x | h) = N(b̃ + Wh, I)
///     both       P(h_j = 1 | x) = σ(c̃_j + x·W_j)
///
/// Sources: G. Hinton, *Training products of experts by minimizing contrastive divergence* (2002);
/// G. Taylor, G. Hinton, S. Roweis, *Modeling human motion using binary latent variables* (2006).
///
/// A machine is a value. Its parameters are one flat array in the order W, B, c, A, b; see `parameterShapes`.
package struct BoltzmannMachine: Sendable, Equatable {
    package let units: VisibleUnits
    /// V
    package let visible: Int
    /// H
    package let hidden: Int
    /// n, the number of past frames; 0 for a plain machine.
    package let order: Int
    /// W, B, c, A, b, one after the other, each row by row.
    package var parameters: [Float] {
        didSet { precondition(parameters.count == oldValue.count, "the number of parameters must not change") }
    }

    /// A machine with random weights and zero biases.
    ///
    /// - Parameter weightScale: standard deviation of the weights; 0.01 as in G. Hinton, *A practical guide to training RBMs* (2010). A
    ///   conditional machine with few units that has to learn products of past frames learns sooner with a larger scale.
    // More than five parameters: the complete definition of a new machine; only size, kind and seed have no default.
    package init(visible: Int, hidden: Int, units: VisibleUnits, order: Int = 0, weightScale: Float = 0.01, seed: UInt64) {
        precondition(visible > 0 && hidden > 0 && order >= 0, "a machine has visible and hidden units")
        self.units = units
        self.visible = visible
        self.hidden = hidden
        self.order = order
        let layout = MachineLayout(visible: visible, hidden: hidden, order: order)
        parameters = [Float](repeating: 0, count: layout.count)
        var random = RandomSource(seed: seed)
        for range in [layout.weights, layout.pastToHidden, layout.pastToVisible] {
            for i in range { parameters[i] = weightScale * random.normal() }
        }
    }

    /// P = n·V
    package var past: Int { order * visible }

    /// The parameter arrays, in their order: `W` V × H, `B` P × H, `c` H, `A` P × V, `b` V. Frames are rows, so A and B have one row per
    /// value of the past, and none for order 0.
    package var parameterShapes: [ParameterShape] {
        [
            ParameterShape("W", rows: visible, columns: hidden, isWeight: true),
            ParameterShape("B", rows: past, columns: hidden, isWeight: true),
            ParameterShape("c", columns: hidden),
            ParameterShape("A", rows: past, columns: visible, isWeight: true),
            ParameterShape("b", columns: visible),
        ]
    }

    /// The parameter array `W`, `B`, `c`, `A` or `b`; a bias is a single row.
    package subscript(name: String) -> Matrix {
        get {
            let (shape, range) = place(of: name)
            return Matrix(rows: shape.rows, columns: shape.columns, elements: Array(parameters[range]))
        }
        set {
            let (shape, range) = place(of: name)
            precondition(
                newValue.rows == shape.rows && newValue.columns == shape.columns, "\(name) must be \(shape.rows) × \(shape.columns)")
            parameters.replaceSubrange(range, with: newValue.elements)
        }
    }

    private func place(of name: String) -> (ParameterShape, Range<Int>) {
        var offset = 0
        for shape in parameterShapes {
            if shape.name == name { return (shape, offset..<offset + shape.count) }
            offset += shape.count
        }
        preconditionFailure("a machine has no parameter \(name)")
    }

    package var layout: MachineLayout { MachineLayout(visible: visible, hidden: hidden, order: order) }
}

/// The place of each parameter array in the flat array.
///
/// W, B and c are stacked into one matrix, (V + P + 1) × H, and A and b into another, (P + 1) × V. With a frame, its past and a 1 as a row
/// [x, x_{<t}, 1], the inputs of the hidden units, the biases of the visible units and their gradients are one product each.
package struct MachineLayout: Sendable {
    package let visible: Int
    package let hidden: Int
    package let past: Int

    package init(visible: Int, hidden: Int, order: Int) {
        self.visible = visible
        self.hidden = hidden
        past = order * visible
    }

    /// Length of a row [x, x_{<t}, 1].
    package var stride: Int { visible + past + 1 }
    package var weights: Range<Int> { 0..<visible * hidden }
    package var pastToHidden: Range<Int> { weights.upperBound..<weights.upperBound + past * hidden }
    package var hiddenBias: Range<Int> { pastToHidden.upperBound..<pastToHidden.upperBound + hidden }
    package var pastToVisible: Range<Int> { hiddenBias.upperBound..<hiddenBias.upperBound + past * visible }
    package var visibleBias: Range<Int> { pastToVisible.upperBound..<pastToVisible.upperBound + visible }
    package var count: Int { visibleBias.upperBound }
}
