import StimmungNetworks
import StimmungONNX

/// The operators `LSTM` and `RNN` of ONNX. They take T × B × D, and number the directions on an axis of their own.
extension LayerTranslation {
    static let recurrent = LayerTranslation { (input, layer, graph) throws(ExportError) in
        var directions = [layer]
        if case .layer(let inner)? = layer.description.attributes["direction"] {
            let count = layer.parameters.count / 2
            directions = [0, 1].map {
                DescribedLayer(
                    description: inner, parameters: Array(layer.parameters[$0 * count..<($0 + 1) * count]), name: layer.name)
            }
        }
        let unit = try RecurrentUnit(directions[0].description)
        let cells = try directions[0].integer("cells")
        func array(_ name: String, _ shape: [Int], _ values: (DescribedLayer) -> [Float]) -> GraphBuilder.Value {
            graph.constant(directions.flatMap(values), shape: [directions.count] + shape, name: layer.name + name)
        }
        let gates = unit.gates.count
        let inputs = [
            graph.transpose(input.values, [1, 0, 2]),
            array("W_x", [gates * cells, directions[0].inputs]) { unit.reordered($0.values("W_x"), unit.gates) },
            array("W_h", [gates * cells, cells]) { unit.reordered($0.values("W_h"), unit.gates) },
            // The second half is for a bias of the recurrent product.
            array("b", [2 * gates * cells]) {
                unit.reordered($0.values("b"), unit.gates) + [Float](repeating: 0, count: gates * cells)
            },
            graph.cast(input.lengths, to: .int32),
        ]
        let peepholes =
            unit.peepholes.isEmpty
            ? []
            : [.none, .none, array("w_c", [unit.peepholes.count * cells]) { unit.reordered($0.values("w_c"), unit.peepholes) }]
        var attributes: [Onnx_AttributeProto] = [
            .integer("hidden_size", cells), .text("direction", directions.count == 1 ? "forward" : "bidirectional"),
        ]
        if let activation = unit.activation { attributes.append(.texts("activations", directions.map { _ in activation })) }
        let hidden = graph.nodes(unit.operation, inputs + peepholes, attributes, outputs: 1)[0]
        // T × directions × B × H
        return graph.reshape(graph.transpose(hidden, [2, 0, 1, 3]), [0, 0, directions.count * cells])
    }
}

/// How an operator of ONNX differs from the layer.
private struct RecurrentUnit {
    let operation: String
    /// The layer's numbers of the gates, in ONNX's order.
    let gates: [Int]
    /// The layer's numbers of the peepholes, in ONNX's order.
    var peepholes: [Int] = []
    /// The name of the activation, unless it is ONNX's default.
    var activation: String?

    private static let orders = (gates: ["i", "o", "f", "c"], peepholes: ["i", "o", "f"])
    private static let activations = ["tanh": "Tanh", "sigmoid": "Sigmoid", "rectifier": "Relu"]

    init(_ description: LayerDescription) throws(ExportError) {
        func text(_ key: String) -> String? { if case .text(let value)? = description.attributes[key] { value } else { nil } }
        if let gates = text("gates")?.split(separator: ",").map(String.init),
            let peepholes = text("peepholes")?.split(separator: ",").map(String.init)
        {
            operation = "LSTM"
            self.gates = Self.orders.gates.compactMap { gates.firstIndex(of: $0) }
            self.peepholes = Self.orders.peepholes.compactMap { peepholes.firstIndex(of: $0) }
        } else if let activation = text("activation").flatMap({ Self.activations[$0] }) {
            operation = "RNN"
            gates = [0]
            self.activation = activation
        } else {
            throw .layer(operation: description.operation)
        }
    }

    /// Blocks of equal size in another order.
    func reordered(_ values: [Float], _ order: [Int]) -> [Float] {
        let size = values.count / order.count
        return order.flatMap { values[$0 * size..<($0 + 1) * size] }
    }
}
