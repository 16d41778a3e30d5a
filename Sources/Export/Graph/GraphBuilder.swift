import Foundation
import StimmungONNX

/// Builds an ONNX graph node by node.
///
///     var graph = GraphBuilder(name: "sum")
///     let x = graph.input("x", .float, ["batch", 39])
///     graph.output("y", of: graph.add(x, graph.constant([1], shape: [1])), .float, ["batch", 39])
///
/// Operations are those of the ONNX operator set 17.
struct GraphBuilder {
    /// An input, a constant, or the output of a node, by its name.
    struct Value: Hashable {
        fileprivate let name: String

        /// An optional input that is left out.
        static let none = Value(name: "")
    }

    /// A size of an input or output.
    enum Dimension: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        /// Chosen by whoever runs the graph.
        case free(String)
        case fixed(Int)

        init(stringLiteral name: String) { self = .free(name) }
        init(integerLiteral count: Int) { self = .fixed(count) }
    }

    private(set) var graph = Onnx_GraphProto()
    private var counts: [String: Int] = [:]
    private let prefix: String

    /// - Parameter prefix: comes before all names of nodes and constants, which must differ from those of a graph around this one.
    init(name: String, prefix: String = "") {
        self.prefix = prefix
        graph.name = name
    }

    /// Adds an input.
    mutating func input(_ name: String, _ type: Onnx_TensorProto.DataType, _ shape: [Dimension]) -> Value {
        graph.input.append(Self.information(name, type, shape))
        return Value(name: name)
    }

    /// Adds an output with the values of another value.
    mutating func output(_ name: String, of value: Value, _ type: Onnx_TensorProto.DataType, _ shape: [Dimension]) {
        var node = Onnx_NodeProto()
        node.opType = "Identity"
        node.name = name
        (node.input, node.output) = ([value.name], [name])
        graph.node.append(node)
        graph.output.append(Self.information(name, type, shape))
    }

    private static func information(_ name: String, _ type: Onnx_TensorProto.DataType, _ shape: [Dimension]) -> Onnx_ValueInfoProto {
        var information = Onnx_ValueInfoProto()
        information.name = name
        information.type.tensorType.elemType = Int32(type.rawValue)
        information.type.tensorType.shape.dim = shape.map { dimension in
            var entry = Onnx_TensorShapeProto.Dimension()
            switch dimension {
            case .free(let name): entry.dimParam = name
            case .fixed(let count): entry.dimValue = Int64(count)
            }
            return entry
        }
        return information
    }

    /// Adds an array of numbers.
    ///
    /// - Parameter name: for readers of the graph; made unique.
    mutating func constant(_ values: [Float], shape: [Int], name: String = "constant") -> Value {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values for the shape \(shape)")
        return constant(Self.bytes(values), .float, shape, name)
    }

    /// Adds a list of whole numbers.
    mutating func whole(_ values: [Int]) -> Value { constant(Self.bytes(values.map(Int64.init)), .int64, [values.count], "whole") }

    /// Adds a whole number without axes.
    mutating func whole(_ value: Int) -> Value { constant(Self.bytes([Int64(value)]), .int64, [], "whole") }

    /// Linux runs on little-endian processors, whose order ONNX has too.
    private static func bytes<Number: BitwiseCopyable>(_ values: [Number]) -> Data { values.withUnsafeBytes { Data($0) } }

    private mutating func constant(_ bytes: Data, _ type: Onnx_TensorProto.DataType, _ shape: [Int], _ name: String) -> Value {
        var tensor = Onnx_TensorProto()
        tensor.name = unique(name)
        tensor.dataType = Int32(type.rawValue)
        tensor.dims = shape.map(Int64.init)
        tensor.rawData = bytes
        graph.initializer.append(tensor)
        return Value(name: tensor.name)
    }

    /// A number for every element.
    mutating func scalar(_ value: Float) -> Value { constant([value], shape: []) }

    /// Adds a node with one output.
    mutating func node(_ operation: String, _ inputs: [Value], _ attributes: [Onnx_AttributeProto] = []) -> Value {
        nodes(operation, inputs, attributes, outputs: 1)[0]
    }

    /// Adds a node.
    mutating func nodes(_ operation: String, _ inputs: [Value], _ attributes: [Onnx_AttributeProto] = [], outputs: Int) -> [Value] {
        var node = Onnx_NodeProto()
        node.opType = operation
        node.name = unique(operation)
        node.input = inputs.map(\.name)
        node.output = (0..<outputs).map { number in outputs == 1 ? node.name : "\(node.name)_\(number)" }
        node.attribute = attributes
        graph.node.append(node)
        return node.output.map { Value(name: $0) }
    }

    private mutating func unique(_ name: String) -> String {
        let count = (counts[name] ?? 0) + 1
        counts[name] = count
        return prefix + (count == 1 ? name : "\(name)_\(count)")
    }
}

extension Onnx_AttributeProto {
    private init(_ name: String, _ type: AttributeType) {
        self.init()
        (self.name, self.type) = (name, type)
    }

    static func integer(_ name: String, _ value: Int) -> Self {
        var attribute = Self(name, .int)
        attribute.i = Int64(value)
        return attribute
    }

    static func integers(_ name: String, _ values: [Int]) -> Self {
        var attribute = Self(name, .ints)
        attribute.ints = values.map(Int64.init)
        return attribute
    }

    static func text(_ name: String, _ value: String) -> Self {
        var attribute = Self(name, .string)
        attribute.s = Data(value.utf8)
        return attribute
    }

    static func texts(_ name: String, _ values: [String]) -> Self {
        var attribute = Self(name, .strings)
        attribute.strings = values.map { Data($0.utf8) }
        return attribute
    }

    /// The body of a `Scan`.
    static func graph(_ name: String, _ value: Onnx_GraphProto) -> Self {
        var attribute = Self(name, .graph)
        attribute.g = value
        return attribute
    }
}
