import Foundation
import StimmungONNX
import SwiftProtobuf

/// A Whisper-shaped encoder of width 64 with two blocks, as an ONNX graph with products of integers.
struct TinyGraph {
    static let width = 64
    static let mels = 4
    static let prefix = "inner.encoder."
    var graph = Onnx_GraphProto()

    init() {
        let d = Self.width
        floats("embed_positions.weight", [8, d])
        for (name, inputs) in [("conv1", Self.mels), ("conv2", d)] {
            floats("\(name).bias", [d])
            quantised("\(name)_weight", [d, inputs, 3], axis: 0)
            node("Conv", ["x_\(name)", "\(name)_weight", Self.prefix + "\(name).bias"], ["y_\(name)"])
        }
        for block in 0..<2 {
            let layer = "layers.\(block)."
            for norm in ["self_attn_layer_norm", "final_layer_norm"] {
                floats("\(layer)\(norm).weight", [d])
                floats("\(layer)\(norm).bias", [d])
            }
            for (name, shape) in [
                ("self_attn.q_proj", [d, d]), ("self_attn.k_proj", [d, d]), ("self_attn.v_proj", [d, d]), ("self_attn.out_proj", [d, d]),
                ("fc1", [d, 4 * d]), ("fc2", [4 * d, d]),
            ] {
                let isAttention = name.contains("q_proj") || name.contains("k_proj") || name.contains("v_proj")
                let product = "\(layer)\(name)"
                quantised("\(product)_weight", shape, axis: 1)
                node("MatMul", [isAttention ? "\(layer)normed" : "\(product)_input", "\(product)_weight"], ["\(product)_product"])
                guard !name.contains("k_proj") else { continue }
                floats("\(product).bias", [shape[1]])
                node("Add", ["\(product)_product", "\(Self.prefix)\(product).bias"], ["\(product)_sum"])
            }
        }
    }

    var bytes: [UInt8] {
        var model = Onnx_ModelProto()
        model.irVersion = 10
        model.graph = graph
        return (try? model.serializedBytes()) ?? []
    }

    mutating func node(_ operation: String, _ inputs: [String], _ outputs: [String], axis: Int? = nil) {
        var node = Onnx_NodeProto()
        (node.opType, node.input, node.output) = (operation, inputs, outputs)
        if let axis {
            var attribute = Onnx_AttributeProto()
            (attribute.name, attribute.type, attribute.i) = ("axis", .int, Int64(axis))
            node.attribute = [attribute]
        }
        graph.node.append(node)
    }

    private mutating func floats(_ name: String, _ shape: [Int]) {
        var tensor = Onnx_TensorProto()
        (tensor.name, tensor.dims, tensor.dataType) = (Self.prefix + name, shape.map(Int64.init), 1)
        tensor.floatData = (0..<shape.reduce(1, *)).map { Float($0 % 17) / 16 - 0.5 }
        graph.initializer.append(tensor)
    }

    /// A tensor of 8-bit integers with a scale and a zero point per element of an axis, and its dequantisation.
    private mutating func quantised(_ name: String, _ shape: [Int], axis: Int) {
        var (tensor, scale, zero) = (Onnx_TensorProto(), Onnx_TensorProto(), Onnx_TensorProto())
        (tensor.name, tensor.dims, tensor.dataType) = ("\(name)_quantised", shape.map(Int64.init), 3)
        tensor.rawData = Data((0..<shape.reduce(1, *)).map { UInt8(truncatingIfNeeded: $0 * 7) })
        let channels = shape[axis]
        (scale.name, scale.dims, scale.dataType) = ("\(name)_scale", [Int64(channels)], 1)
        scale.floatData = (0..<channels).map { Float($0 + 1) / 1024 }
        (zero.name, zero.dims, zero.dataType) = ("\(name)_zero", [Int64(channels)], 3)
        zero.int32Data = (0..<channels).map { Int32($0 % 5) - 2 }
        graph.initializer += [tensor, scale, zero]
        node("DequantizeLinear", ["\(name)_quantised", "\(name)_scale", "\(name)_zero"], [name], axis: axis)
    }
}
