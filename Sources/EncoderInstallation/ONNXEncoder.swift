/// Finds the weights of a Whisper encoder in an ONNX graph.
///
/// Biases and layer norms have names; products do not. A product is named by the bias that is added to its result, directly or after a pair of
/// quantisers. The projection to keys has no bias: it is the one with the same input as the projection to queries of its block.
struct ONNXEncoder: EncoderSource {
    private static let prefix = "inner.encoder."

    private let graph: ONNXGraph
    /// The graph's name of a constant, and whether it is transposed, by Whisper's name.
    private var places: [String: (constant: String, isTransposed: Bool)] = [:]

    var file: String { graph.file }

    init(_ graph: ONNXGraph) throws(EncoderInstallationError) {
        self.graph = graph
        for node in graph.nodes where node.operation == "Conv" && node.inputs.count == 3 {
            guard let name = Self.layer(ofBias: node.inputs[2]) else { continue }
            try add("\(name).weight", node.inputs[1], isTransposed: false)
            try add("\(name).bias", node.inputs[2], isTransposed: false)
        }
        var nameless: [ONNXGraph.Node] = []
        var queries: [String: String] = [:]
        for node in graph.nodes where node.operation == "MatMul" && node.inputs.count == 2 && graph.isConstant(node.inputs[1]) {
            guard let bias = bias(after: node) else {
                nameless.append(node)
                continue
            }
            guard let name = Self.layer(ofBias: bias) else { continue }
            try add("\(name).weight", node.inputs[1], isTransposed: true)
            try add("\(name).bias", bias, isTransposed: false)
            let query = ".q_proj"
            if name.hasSuffix(query) { queries[node.inputs[0]] = String(name.dropLast(query.count)) }
        }
        for node in nameless {
            guard let attention = queries[node.inputs[0]] else { continue }
            try add("\(attention).k_proj.weight", node.inputs[1], isTransposed: true)
        }
    }

    func holds(_ name: String) -> Bool { places[name] != nil || graph.isConstant(Self.prefix + name) }

    func tensor(_ name: String) throws(EncoderInstallationError) -> EncoderTensor {
        guard let place = places[name] else {
            guard graph.isConstant(Self.prefix + name) else { throw .otherGraph(file: file, reason: "it lacks \(name)") }
            let constant = try graph.constant(Self.prefix + name)
            return EncoderTensor(shape: constant.shape, values: constant.values)
        }
        let constant = try graph.constant(place.constant)
        guard place.isTransposed else { return EncoderTensor(shape: constant.shape, values: constant.values) }
        guard constant.shape.count == 2 else { throw .otherGraph(file: file, reason: "\(name) has the shape \(constant.shape)") }
        let (rows, columns) = (constant.shape[0], constant.shape[1])
        var values: [Float] = []
        values.reserveCapacity(constant.values.count)
        for column in 0..<columns {
            for row in 0..<rows { values.append(constant.values[row * columns + column]) }
        }
        return EncoderTensor(shape: [columns, rows], values: values)
    }

    private mutating func add(_ name: String, _ constant: String, isTransposed: Bool) throws(EncoderInstallationError) {
        guard places.updateValue((constant, isTransposed), forKey: name) == nil else {
            throw .otherGraph(file: file, reason: "\(name) appears twice")
        }
    }

    /// The encoder bias that is added to the result of a product.
    private func bias(after product: ONNXGraph.Node) -> String? {
        var results = Set(product.outputs)
        for output in product.outputs {
            for quantiser in graph.consumers(of: output) where quantiser.operation == "QuantizeLinear" {
                for quantised in quantiser.outputs {
                    results.formUnion(graph.consumers(of: quantised).filter { $0.operation == "DequantizeLinear" }.flatMap(\.outputs))
                }
            }
        }
        for result in results.sorted() {
            for sum in graph.consumers(of: result) where sum.operation == "Add" {
                if let bias = sum.inputs.first(where: { Self.layer(ofBias: $0) != nil && graph.isConstant($0) }) { return bias }
            }
        }
        return nil
    }

    /// `conv1` of `inner.encoder.conv1.bias`.
    private static func layer(ofBias name: String) -> String? {
        let ending = ".bias"
        guard name.hasPrefix(prefix), name.hasSuffix(ending), name.utf8.count > prefix.utf8.count + ending.utf8.count else { return nil }
        return String(name.dropFirst(prefix.count).dropLast(ending.count))
    }
}
