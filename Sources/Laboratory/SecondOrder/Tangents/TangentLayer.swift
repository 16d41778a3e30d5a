import StimmungNetworks
import StimmungTensors

/// A direction in which the output of a layer is differentiated: changes of its input and of its parameters.
package struct LayerDirection {
    /// R{x}, R × D; nil where the input does not change.
    let input: Matrix?
    /// R{θ}, the layer's own.
    let parameters: ArraySlice<Float>
}

/// A layer with a forward derivative.
///
/// Source: B. Pearlmutter, *Fast exact multiplication by the Hessian* (1994), whose notation R{} is used here.
package protocol TangentLayer: Layer {
    /// R{y} = (∂y/∂θ) R{θ} + (∂y/∂x) R{x}, R × K: how the output changes along a direction, after `forward` in the training phase.
    ///
    /// - Parameter values: input and output of that forward pass.
    func tangent(_ values: LayerValues, _ direction: LayerDirection, trace: inout Trace) -> Matrix
}

/// A layer without parameters whose Jacobian is symmetric, as of every function of single elements: R{y} is what `backward` makes of R{x}.
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
    /// The Gauss–Newton product Gv = JᵀHJv on the rows of a packed batch, available from `addGradient(to:)`.
    ///
    /// - Parameters:
    ///   - direction: v, as long as the network's parameters.
    ///   - structural: weight of ½‖R{h}‖² over the activations h of recurrent layers, which is added to what G measures.
    ///   - part: rows and loss; H is the Hessian of the loss with respect to the output.
    /// - Throws: `ExperimentError.withoutTangent`.
    func gaussNewtonProduct(
        _ network: Network, _ part: NetworkObjective.Part, _ pass: Pass, direction: [Float], structural: Float
    ) throws(ExperimentError) {
        // Backward passes use up what forward ones leave.
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
