import StimmungNetworks

/// Translates one kind of layer, by its description, to nodes of a graph.
struct LayerTranslation: Sendable {
    /// The output for the input's rows, B × T × K.
    let output: @Sendable (_ input: Rows, _ layer: DescribedLayer, _ graph: inout GraphBuilder) throws(ExportError) -> GraphBuilder.Value

    /// By operation.
    static let all: [String: LayerTranslation] = [
        "dense": dense, "tanh": function("Tanh"), "sigmoid": function("Sigmoid"), "rectifier": function("Relu"), "log-sigmoid": logSigmoid,
        "clip": clip, "scale": scale, "batch-normalisation": batchNormalisation, "context": context,
        "conditional-units": conditionalUnits, "lstm": recurrent, "rnn": recurrent, "bidirectional": recurrent,
        // Active in training only.
        "dropout": identity, "noise": identity,
    ]

    private static let identity = LayerTranslation { (input, _, _) throws(ExportError) in input.values }

    private static func function(_ operation: String) -> LayerTranslation {
        LayerTranslation { (input, _, graph) throws(ExportError) in graph.node(operation, [input.values]) }
    }

    /// W x + b
    private static let dense = LayerTranslation { (input, layer, graph) throws(ExportError) in
        let product = graph.product(input.values, layer.transposed("W"), layer.inputs, layer.outputs, name: layer.name + "W")
        return graph.add(product, layer.row("b", in: &graph))
    }

    /// log σ(x) = −softplus(−x)
    private static let logSigmoid = LayerTranslation { (input, _, graph) throws(ExportError) in
        graph.node("Neg", [graph.node("Softplus", [graph.node("Neg", [input.values])])])
    }

    private static let clip = LayerTranslation { (input, layer, graph) throws(ExportError) in
        let limit = try layer.number("limit")
        return graph.clip(input.values, -limit, limit)
    }

    /// g ∘ x + o
    private static let scale = LayerTranslation { (input, layer, graph) throws(ExportError) in
        graph.add(graph.multiply(input.values, layer.row("g", in: &graph)), layer.row("o", in: &graph))
    }

    /// g ∘ (x − μ) / √(v + ε) + o
    private static let batchNormalisation = LayerTranslation { (input, layer, graph) throws(ExportError) in
        let epsilon = try layer.number("epsilon")
        let factors = zip(layer.values("g"), layer.values("variance")).map { $0 / ($1 + epsilon).squareRoot() }
        let centred = graph.subtract(input.values, layer.row("mean", in: &graph))
        let scaled = graph.multiply(centred, graph.constant(factors, shape: [layer.inputs], name: layer.name + "factor"))
        return graph.add(scaled, layer.row("o", in: &graph))
    }

    /// [x_{t−left}, …, x_{t+right}]
    private static let context = LayerTranslation { (input, layer, graph) throws(ExportError) in
        let (left, right) = (try layer.integer("left"), try layer.integer("right"))
        return graph.join((-left...right).map { input.shifted(by: $0, in: &graph) }, axis: 2)
    }

    /// σ(c + x_{<t} B + x_t W), where the frames before the first are zeros.
    private static let conditionalUnits = LayerTranslation { (input, layer, graph) throws(ExportError) in
        let order = try layer.integer("order")
        var argument = graph.product(input.values, layer.values("W"), layer.inputs, layer.outputs, name: layer.name + "W")
        if order > 0 {
            let padded = graph.node("Pad", [input.values, graph.whole([0, order, 0, 0, 0, 0])])
            // The oldest frame first. The padded sequence is `order` longer than the sequence.
            let past = graph.join((0..<order).map { graph.slice(padded, axis: 1, from: $0, to: $0 - order) }, axis: 2)
            argument = graph.add(
                argument, graph.product(past, layer.values("B"), order * layer.inputs, layer.outputs, name: layer.name + "B"))
        }
        return graph.node("Sigmoid", [graph.add(argument, layer.row("c", in: &graph))])
    }
}

/// A layer's description with the values of its parameters.
struct DescribedLayer {
    let description: LayerDescription
    /// The values of all parameters, in the order of the description.
    let parameters: [Float]
    /// Comes before the names of its arrays.
    let name: String

    var inputs: Int { description.inputs }
    var outputs: Int { description.outputs }

    /// The nodes of the layer.
    func output(for input: Rows, in graph: inout GraphBuilder) throws(ExportError) -> Rows {
        guard let translation = LayerTranslation.all[description.operation] else { throw .layer(operation: description.operation) }
        return input.with(try translation.output(input, self, &graph), width: outputs)
    }

    /// The values of a parameter array, row by row.
    func values(_ array: String) -> [Float] {
        var start = 0
        for shape in description.parameters {
            if shape.name == array { return Array(parameters[start..<start + shape.count]) }
            start += shape.count
        }
        preconditionFailure("\(description.operation) has no parameters \(array)")
    }

    /// The transposed matrix of a parameter array, row by row.
    func transposed(_ array: String) -> [Float] {
        guard let shape = description.parameters.first(where: { $0.name == array }) else { return [] }
        let values = values(array)
        return (0..<shape.columns).flatMap { column in (0..<shape.rows).map { values[$0 * shape.columns + column] } }
    }

    /// A parameter array that applies to every row.
    func row(_ array: String, in graph: inout GraphBuilder) -> GraphBuilder.Value {
        let values = values(array)
        return graph.constant(values, shape: [values.count], name: name + array)
    }

    func integer(_ attribute: String) throws(ExportError) -> Int {
        guard case .integer(let value)? = description.attributes[attribute] else { throw .layer(operation: description.operation) }
        return value
    }

    func number(_ attribute: String) throws(ExportError) -> Float {
        guard case .number(let value)? = description.attributes[attribute] else { throw .layer(operation: description.operation) }
        return value
    }
}
