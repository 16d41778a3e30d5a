import StimmungNetworks
import StimmungTensors

/// A direction in which the output of a layer is differentiated: tangents of its input and of its parameters.
///
/// Shapes in this file: R packed rows of D inputs and K outputs.
package struct LayerDirection {
    /// R{x}, `R × D`; nil if the input does not change.
    let input: Matrix?
    /// R{θ} for the layer's parameters.
    let parameters: ArraySlice<Float>
}

/// A layer with a forward derivative.
///
/// Source and notation R{}: B. Pearlmutter, *Fast exact multiplication by the Hessian* (1994).
package protocol TangentLayer: Layer {
    /// R{y} = (∂y/∂θ) R{θ} + (∂y/∂x) R{x}, `R × K`: the derivative of the output along a direction. Call it after `forward` in the training
    /// phase.
    ///
    /// - Parameter values: input and output of that forward pass.
    func tangent(_ values: LayerValues, _ direction: LayerDirection, trace: inout Trace) -> Matrix
}

/// A layer without parameters whose Jacobian is symmetric, such as any element-wise function: R{y} is then `backward` applied to R{x}.
package protocol SymmetricTangentLayer: TangentLayer {}

extension SymmetricTangentLayer {
    package func tangent(_ values: LayerValues, _ direction: LayerDirection, trace: inout Trace) -> Matrix {
        guard let change = direction.input else { return Matrix(rows: values.output.rows, columns: outputs) }
        var gradients = LayerGradients(of: self)
        gradients.output = change
        backward(values, trace: &trace, gradients: &gradients)
        return gradients.input
    }
}

/// A stage of a network whose layer has a forward derivative.
private protocol TangentStage: NetworkStage {
    func tangent(_ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, _ direction: LayerDirection) -> Matrix
}

extension LayerStage: TangentStage where L: TangentLayer {
    fileprivate func tangent(_ input: Matrix, _ pass: Pass, parameters: ArraySlice<Float>, _ direction: LayerDirection) -> Matrix {
        layer.tangent(LayerValues(input: input, output: output, parameters: parameters, pass: pass), direction, trace: &trace)
    }
}

extension NetworkMemory {
    /// Computes the Gauss–Newton product Gv = JᵀHJv on the rows of a packed batch; `addGradient(to:)` then adds it to a vector.
    ///
    /// - Parameters:
    ///   - direction: v, with one element per parameter of the network.
    ///   - structural: weight of the structural damping ½‖R{h}‖² over the activations h of recurrent layers, which is added to the
    ///     quadratic form of G.
    ///   - part: rows and loss; H is the Hessian of the loss with respect to the output.
    /// - Throws: `ExperimentError.withoutTangent` if a layer has no forward derivative.
    func gaussNewtonProduct(
        _ network: Network, _ part: NetworkObjective.Part, _ pass: Pass, direction: [Float], structural: Float
    ) throws(ExperimentError) {
        // A backward pass consumes the state of the forward pass, so each needs a new one.
        let output = forward(network, part.input, pass)
        var tangents: [Matrix] = []
        for (number, stage) in stages.enumerated() {
            let range = network.parameters.layerRanges[number]
            guard let stage = stage as? any TangentStage else { throw .withoutTangent(layer: "\(type(of: network.layers[number]))") }
            tangents.append(
                stage.tangent(
                    input(of: number), pass, parameters: network.parameters.values[range],
                    LayerDirection(input: tangents.last, parameters: direction[range])))
        }
        var top = tangents[tangents.count - 1]
        part.loss.curvature(output, &top)
        backward(network, outputGradient: top, pass) { number, gradient in
            guard structural > 0, network.layers[number].isRecurrent else { return }
            for i in gradient.elements.indices { gradient.elements[i] += structural * tangents[number].elements[i] }
        }
    }
}
