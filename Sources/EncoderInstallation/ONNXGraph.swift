import Foundation
import StimmungONNX
import SwiftProtobuf

/// The nodes and initialisers of an ONNX model, decoded one message at a time within limits.
struct ONNXGraph {
    struct Node {
        let operation: String
        let inputs: [String]
        let outputs: [String]
        /// Attributes that are one integer.
        let integers: [String: Int64]
    }

    /// A constant tensor, row-major.
    struct Constant: Equatable {
        var shape: [Int]
        var values: [Float]
    }

    /// Larger files are refused. The 32-bit weights of the encoder of Whisper-tiny have 33 MB.
    static let largestFile = 256 << 20
    private static let mostMessages = 50_000
    private static let largestNode = 1 << 16
    /// The bytes of all nodes: decoded, they need about a hundred times as much memory.
    private static let largestNodes = 4 << 20
    private static let longestAxis = 1 << 20
    private static let mostValues = 1 << 24
    /// The typed field of integers needs up to eight times as much memory when decoded.
    private static let largestTensor = 4 * mostValues + 65536

    let file: String
    let nodes: [Node]
    private let bytes: [UInt8]
    private let initialisers: [String: Range<Int>]
    private let producers: [String: Int]
    private let consumers: [String: [Int]]

    init(_ bytes: [UInt8], file: String) throws(EncoderInstallationError) {
        self.file = file
        self.bytes = bytes
        var graphs: [Range<Int>] = []
        try Self.forEach(bytes, 0..<bytes.count, file) { (field) throws(EncoderInstallationError) in
            if field.number == 7, let content = field.content { graphs.append(content) }
        }
        guard graphs.count == 1 else { throw .malformed(file: file, reason: "it has \(graphs.count) graphs") }
        var nodeRanges: [Range<Int>] = []
        var tensorRanges: [Range<Int>] = []
        try Self.forEach(bytes, graphs[0], file) { (field) throws(EncoderInstallationError) in
            guard let content = field.content else { return }
            if field.number == 1 { nodeRanges.append(content) }
            if field.number == 5 { tensorRanges.append(content) }
            guard nodeRanges.count + tensorRanges.count <= Self.mostMessages else {
                throw .malformed(file: file, reason: "it has more than \(Self.mostMessages) nodes and initialisers")
            }
        }
        guard nodeRanges.allSatisfy({ $0.count <= Self.largestNode }), nodeRanges.reduce(0, { $0 + $1.count }) <= Self.largestNodes else {
            throw .malformed(file: file, reason: "its nodes are larger than \(Self.largestNodes) bytes")
        }
        var nodes: [Node] = []
        var producers: [String: Int] = [:]
        var consumers: [String: [Int]] = [:]
        for (index, range) in nodeRanges.enumerated() {
            let node = try Self.node(bytes[range], file)
            for output in node.outputs where !output.isEmpty {
                guard producers.updateValue(index, forKey: output) == nil else {
                    throw .malformed(file: file, reason: "two nodes compute \(output.debugDescription)")
                }
            }
            for input in Set(node.inputs) { consumers[input, default: []].append(index) }
            nodes.append(node)
        }
        var initialisers: [String: Range<Int>] = [:]
        for range in tensorRanges {
            let name = try Self.name(ofTensor: range, bytes, file)
            guard initialisers.updateValue(range, forKey: name) == nil, producers[name] == nil else {
                throw .malformed(file: file, reason: "the tensor \(name.debugDescription) is defined twice")
            }
        }
        (self.nodes, self.producers, self.consumers, self.initialisers) = (nodes, producers, consumers, initialisers)
    }

    func producer(of tensor: String) -> Node? { producers[tensor].map { nodes[$0] } }

    func consumers(of tensor: String) -> [Node] { (consumers[tensor] ?? []).map { nodes[$0] } }

    /// Whether a tensor is an initialiser, or one that is dequantised.
    func isConstant(_ name: String) -> Bool {
        if initialisers[name] != nil { return true }
        guard let node = producer(of: name), node.operation == "DequantizeLinear", let input = node.inputs.first else { return false }
        return initialisers[input] != nil
    }

    /// The values of a constant; integers are dequantised as ONNX defines it: (x − zero point) · scale, per tensor or per axis.
    func constant(_ name: String) throws(EncoderInstallationError) -> Constant {
        if initialisers[name] != nil { return try initialiser(name, quantised: false) }
        guard let node = producer(of: name), node.operation == "DequantizeLinear", (2...3).contains(node.inputs.count) else {
            throw .otherGraph(file: file, reason: "the tensor \(name.debugDescription) is not constant")
        }
        guard node.integers["block_size", default: 0] == 0 else {
            throw .otherGraph(file: file, reason: "the tensor \(name.debugDescription) is quantised in blocks")
        }
        var tensor = try initialiser(node.inputs[0], quantised: true)
        let scale = try initialiser(node.inputs[1], quantised: false)
        let hasZero = node.inputs.count == 3 && !node.inputs[2].isEmpty
        let zero =
            hasZero ? try initialiser(node.inputs[2], quantised: true) : Constant(shape: scale.shape, values: scale.values.map { _ in 0 })
        guard zero.values.count == scale.values.count else {
            throw .otherGraph(
                file: file, reason: "\(name.debugDescription) has \(scale.values.count) scales and \(zero.values.count) zero points")
        }
        if scale.shape.isEmpty {
            for index in tensor.values.indices { tensor.values[index] = (tensor.values[index] - zero.values[0]) * scale.values[0] }
            return tensor
        }
        var axis = Int(clamping: node.integers["axis", default: 1])
        if axis < 0 { axis += tensor.shape.count }
        guard tensor.shape.indices.contains(axis), scale.shape == [tensor.shape[axis]] else {
            throw .otherGraph(file: file, reason: "the scales of \(name.debugDescription) do not fit its shape \(tensor.shape)")
        }
        let inner = tensor.shape[(axis + 1)...].reduce(1, *)
        for index in tensor.values.indices {
            let channel = index / inner % scale.values.count
            tensor.values[index] = (tensor.values[index] - zero.values[channel]) * scale.values[channel]
        }
        return tensor
    }

    /// - Parameter quantised: whether the tensor must hold integers; otherwise it must hold 32-bit floats.
    private func initialiser(_ name: String, quantised: Bool) throws(EncoderInstallationError) -> Constant {
        guard let range = initialisers[name] else { throw .otherGraph(file: file, reason: "there is no tensor \(name.debugDescription)") }
        let shown = name.debugDescription
        guard range.count <= Self.largestTensor else {
            throw .malformed(file: file, reason: "the tensor \(shown) has \(range.count) bytes")
        }
        let tensor: Onnx_TensorProto
        do { tensor = try Onnx_TensorProto(serializedBytes: Array(bytes[range])) } catch {
            throw .malformed(file: file, reason: "the tensor \(shown) is damaged")
        }
        guard tensor.dataLocation != .external else { throw .malformed(file: file, reason: "the tensor \(shown) is in another file") }
        var count = 1
        for extent in tensor.dims {
            guard (1...Int64(Self.longestAxis)).contains(extent), count <= Self.mostValues / Int(extent) else {
                throw .malformed(file: file, reason: "the tensor \(shown) claims the shape \(tensor.dims)")
            }
            count *= Int(extent)
        }
        let shape = tensor.dims.map(Int.init)
        guard let values = ONNXValues(tensor, count: count, quantised: quantised) else {
            throw .malformed(
                file: file,
                reason:
                    "the tensor \(shown) of shape \(shape) and type \(tensor.dataType) has other data than \(quantised ? "integers" : "floats")"
            )
        }
        return Constant(shape: shape, values: values.floats)
    }

    // MARK: -

    private static func forEach(
        _ bytes: [UInt8], _ range: Range<Int>, _ file: String, _ body: (ProtobufFields.Field) throws(EncoderInstallationError) -> Void
    ) throws(EncoderInstallationError) {
        var fields = ProtobufFields(bytes, in: range)
        while true {
            let field: ProtobufFields.Field?
            do throws(ProtobufFields.Failure) { field = try fields.next() } catch { throw .malformed(file: file, reason: error.reason) }
            guard let field else { return }
            try body(field)
        }
    }

    private static func node(_ bytes: ArraySlice<UInt8>, _ file: String) throws(EncoderInstallationError) -> Node {
        let node: Onnx_NodeProto
        do { node = try Onnx_NodeProto(serializedBytes: Array(bytes)) } catch { throw .malformed(file: file, reason: "a node is damaged") }
        let integers = node.attribute.filter { $0.type == .int }.map { ($0.name, $0.i) }
        return Node(
            operation: node.opType, inputs: node.input, outputs: node.output, integers: Dictionary(integers, uniquingKeysWith: { $1 }))
    }

    /// The name of a tensor, without its data. Fields that would need much memory or name other files are refused.
    private static func name(ofTensor range: Range<Int>, _ bytes: [UInt8], _ file: String) throws(EncoderInstallationError) -> String {
        var name: Range<Int>?
        var forbidden = false
        try forEach(bytes, range, file) { (field) throws(EncoderInstallationError) in
            if field.number == 8 { name = field.content }
            // Segments, texts, and data in other files.
            if [3, 6, 13].contains(field.number) { forbidden = true }
        }
        guard let name, let text = String(validating: bytes[name], as: UTF8.self), !text.isEmpty else {
            throw .malformed(file: file, reason: "a tensor has no name")
        }
        guard !forbidden else {
            throw .malformed(file: file, reason: "the tensor \(text.debugDescription) has its data in another file, or is not of numbers")
        }
        return text
    }
}
