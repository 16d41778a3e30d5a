import Foundation

extension Safetensors {
    /// A tensor. `values` are row-major; their count is the product of `shape` (a scalar has shape `[]`).
    package struct Tensor: Sendable, Equatable {
        private enum Content: Sendable {
            case values([Float])
            /// As in the file.
            case bytes(Data)
        }

        package let name: String
        package let shape: [Int]
        /// How values are stored.
        package let type: ElementType
        private let content: Content

        /// The number of values must be the product of `shape`, and for `bf16` each must be one that `Float.roundedToBFloat16` gives. The name
        /// `__metadata__` is reserved.
        package init(name: String, shape: [Int], values: [Float], type: ElementType = .f32) {
            precondition(shape.allSatisfy { $0 >= 0 }, "tensor \(name): invalid shape \(shape)")
            precondition(values.count == shape.reduce(1, *), "tensor \(name): \(values.count) values for shape \(shape)")
            precondition(name != SafetensorsHeader.metadataKey, "the tensor name \(name) is reserved")
            self.name = name
            self.shape = shape
            self.type = type
            content = .values(values)
        }

        /// A tensor of a file, which is decoded when it is read: a model may hold networks that are not needed.
        init(_ entry: SafetensorsHeader.Entry, of data: Data) {
            name = entry.name
            shape = entry.shape
            type = entry.type
            content = .bytes(data.dropFirst(entry.start).prefix(entry.end - entry.start))
        }

        package var count: Int { shape.reduce(1, *) }

        /// Decoded at each call if the tensor is of a file in memory.
        package var values: [Float] {
            if case .values(let values) = content { return values }
            return [Float](unsafeUninitializedCapacity: count) { values, initialised in
                copy(to: UnsafeMutableBufferPointer(rebasing: values[..<count]))
                initialised = count
            }
        }

        /// Copies the values.
        ///
        /// - Parameter destination: uninitialised memory for `count` of them.
        package func copy(to destination: UnsafeMutableBufferPointer<Float>) {
            precondition(destination.count == count, "\(destination.count) values for \(count)")
            switch content {
            case .values(let values): _ = destination.initialize(from: values)
            case .bytes(let data): data.withUnsafeBytes { type.decode($0, to: destination) }
            }
        }

        package static func == (a: Tensor, b: Tensor) -> Bool {
            (a.name, a.type) == (b.name, b.type) && a.shape == b.shape && a.values == b.values
        }
    }

    /// The number format of a tensor.
    package enum ElementType: String, Sendable {
        case f32 = "F32"
        /// The upper half of F32: 8 bits of significance.
        case bf16 = "BF16"
        /// IEEE half precision. Only `SafetensorsFile` reads it: models and checkpoints have none.
        case f16 = "F16"

        var bytes: Int { self == .f32 ? 4 : 2 }

        /// The numbers that bytes, little-endian, stand for.
        func decode(_ bytes: UnsafeRawBufferPointer) -> [Float] {
            [Float](unsafeUninitializedCapacity: bytes.count / self.bytes) { values, count in
                count = bytes.count / self.bytes
                decode(bytes, to: UnsafeMutableBufferPointer(rebasing: values[..<count]))
            }
        }

        /// The same into uninitialised memory for as many numbers.
        func decode(_ bytes: UnsafeRawBufferPointer, to values: UnsafeMutableBufferPointer<Float>) {
            // Bounds: a value is read for each `self.bytes` bytes.
            precondition(bytes.count == values.count * self.bytes, "\(bytes.count) bytes for \(values.count) values")
            guard let source = bytes.baseAddress, let destination = values.baseAddress else { return }
            switch self {
            case .f32:
                UnsafeMutableRawBufferPointer(values).copyMemory(from: bytes)
                if 1.littleEndian != 1 {
                    for index in values.indices { values[index] = Float(bitPattern: values[index].bitPattern.byteSwapped) }
                }
            case .bf16:
                // Plain pointers, so that the compiler makes vectors of it.
                for index in 0..<values.count {
                    let half = UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                    (destination + index).initialize(to: Float(bitPattern: UInt32(half) << 16))
                }
            case .f16:
                for index in 0..<values.count {
                    let half = UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                    (destination + index).initialize(to: Float(Float16(bitPattern: half)))
                }
            }
        }
    }
}
