import Foundation
import StimmungONNX

/// The values of a tensor of 32-bit floats or of integers with 8 or 32 bits, from its raw bytes or its typed field.
struct ONNXValues {
    let floats: [Float]

    /// - Returns: nil if the tensor is of another type or does not have `count` values.
    init?(_ tensor: Onnx_TensorProto, count: Int, quantised: Bool) {
        let type = Onnx_TensorProto.DataType(rawValue: Int(tensor.dataType))
        let raw = tensor.rawData
        let typed = tensor.int32Data
        switch type {
        case .float where !quantised:
            if tensor.hasRawData {
                guard let words = Self.words(raw, count) else { return nil }
                floats = words.map { Float(bitPattern: $0) }
            } else {
                floats = tensor.floatData
            }
        case .int8 where quantised:
            guard tensor.hasRawData || typed.allSatisfy({ (-128...127).contains($0) }) else { return nil }
            floats = tensor.hasRawData ? raw.map { Float(Int8(bitPattern: $0)) } : typed.map { Float($0) }
        case .uint8 where quantised:
            guard tensor.hasRawData || typed.allSatisfy({ (0...255).contains($0) }) else { return nil }
            floats = tensor.hasRawData ? raw.map { Float($0) } : typed.map { Float($0) }
        case .int32 where quantised:
            if tensor.hasRawData {
                guard let words = Self.words(raw, count) else { return nil }
                floats = words.map { Float(Int32(bitPattern: $0)) }
            } else {
                floats = typed.map { Float($0) }
            }
        default: return nil
        }
        guard floats.count == count else { return nil }
    }

    /// `count` little-endian words; nil unless there are exactly as many.
    private static func words(_ data: Data, _ count: Int) -> [UInt32]? {
        guard data.count == 4 * count else { return nil }
        return data.withUnsafeBytes { bytes in
            // Bounds: the data have four bytes per word.
            (0..<count).map { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
        }
    }
}
