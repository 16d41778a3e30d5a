import Foundation
import StimmungSupport

/// Named tensors and text metadata in the safetensors layout, which Python reads and which holds no code.
///
///     var file = Safetensors(metadata: ["kind": "example"])
///     file.set(Safetensors.Tensor(name: "weights", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]))
///     try file.write(path: "example.safetensors")
///     try Safetensors(path: "example.safetensors").tensor("weights", shape: [2, 3], file: "example.safetensors")
///
/// Layout: 8 bytes, little-endian, with the length of the header; the header, JSON of `__metadata__` (text by name) and
/// name → `{"dtype", "shape", "data_offsets"}`, padded with spaces so that the data begin at a multiple of 8; then the
/// data of all tensors, row-major, one after the other without gaps. Numbers are F32 here, not necessarily finite.
/// Source: the format's description at https://github.com/huggingface/safetensors.
package struct Safetensors: Sendable, Equatable {
    /// One tensor: `values` are row-major, as many as the product of `shape` (a scalar has shape `[]`).
    package struct Tensor: Sendable, Equatable {
        package let name: String
        package let shape: [Int]
        package let values: [Float]

        /// The number of values must be the product of `shape`, and the name must not be `__metadata__`.
        package init(name: String, shape: [Int], values: [Float]) {
            precondition(shape.allSatisfy { $0 >= 0 }, "tensor \(name): a shape of \(shape)")
            precondition(values.count == shape.reduce(1, *), "tensor \(name): \(values.count) values for shape \(shape)")
            precondition(name != SafetensorsHeader.metadataKey, "no tensor can be called \(name)")
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    package var metadata: [String: String]
    /// All tensors, in the order of their data.
    package private(set) var tensors: [Tensor]

    /// Names must differ.
    package init(metadata: [String: String] = [:], tensors: [Tensor] = []) {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "two tensors of the same name")
        self.metadata = metadata
        self.tensors = tensors
    }

    /// The tensor of that name.
    package subscript(name: String) -> Tensor? {
        tensors.first { $0.name == name }
    }

    /// Puts `tensor` in the place of the one of its name, or after all others.
    package mutating func set(_ tensor: Tensor) {
        if let place = tensors.firstIndex(where: { $0.name == tensor.name }) {
            tensors[place] = tensor
        } else {
            tensors.append(tensor)
        }
    }

    /// The metadata entry `key`, which must be there; `file` is for the error.
    package func metadata(_ key: String, file: String) throws(SafetensorsError) -> String {
        guard let value = metadata[key] else { throw .missingMetadata(file: file, key: key) }
        return value
    }

    /// The values of tensor `name`, which must be there and have this shape; `file` is for the error.
    package func tensor(_ name: String, shape: [Int], file: String) throws(SafetensorsError) -> [Float] {
        guard let tensor = self[name] else { throw .missingTensor(file: file, tensor: name) }
        guard tensor.shape == shape else { throw .wrongShape(file: file, tensor: name, shape: tensor.shape, expected: shape) }
        return tensor.values
    }
}

extension Safetensors {
    /// The bytes of the file: the same for the same metadata and tensors, on every machine.
    package func encoded() -> Data {
        let header = SafetensorsHeader.encoded(metadata: metadata, tensors: tensors)
        var data = Data(capacity: SafetensorsHeader.prefix + header.count + 4 * tensors.reduce(0) { $0 + $1.values.count })
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: header)
        for tensor in tensors {
            // A closure: by key path, which the compiler does not see through, half of a training of functionals went into its checkpoints.
            let words = tensor.values.map { $0.bitPattern.littleEndian }
            words.withUnsafeBytes { data.append(contentsOf: $0) }
        }
        return data
    }

    /// Writes the file in one step: it is there whole or, after an error, as it was before.
    package func write(path: String) throws(SafetensorsError) {
        do {
            try AtomicFile.write(encoded(), to: path)
        } catch {
            throw .unwritable(file: path, reason: error.reason)
        }
    }
}

extension Safetensors {
    /// Reads the layout from bytes; `file` names them in errors.
    package init(decoding data: Data, file: String) throws(SafetensorsError) {
        let length = try SafetensorsHeader.length(data.prefix(SafetensorsHeader.prefix), of: data.count, file: file)
        let body = data.dropFirst(SafetensorsHeader.prefix)
        let header = try SafetensorsHeader(decoding: body.prefix(length), data: body.count - length, file: file)
        self.init(header, data: body.dropFirst(length))
    }

    /// Whether a file begins as such files do, sound or damaged: 8 bytes of length, then the brace of a JSON object. True for an empty file.
    package static func isLikely(_ path: String) -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)) else { return false }
        defer { try? handle.close() }
        let bytes = (try? handle.read(upToCount: SafetensorsHeader.prefix + 1)) ?? Data()
        return bytes.isEmpty || bytes.count > SafetensorsHeader.prefix && bytes[SafetensorsHeader.prefix] == UInt8(ascii: "{")
    }

    /// Reads a file. Its data are read only when the header has been found to agree with the file's size, so memory is
    /// taken only for what is there.
    package init(path: String) throws(SafetensorsError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .unreadable(file: path, reason: "there is no such file")
        }
        if isFolder.boolValue { throw .unreadable(file: path, reason: "it is a folder") }
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
            guard attributes[.type] as? FileAttributeType == .typeRegular, let size = (attributes[.size] as? NSNumber)?.intValue else {
                throw SafetensorsError.unreadable(file: path, reason: "it is not a regular file")
            }
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            let prefix = try handle.read(upToCount: SafetensorsHeader.prefix) ?? Data()
            let length = try SafetensorsHeader.length(prefix, of: size, file: path)
            let json = try handle.read(upToCount: length) ?? Data()
            let count = size - SafetensorsHeader.prefix - length
            let header = try SafetensorsHeader(decoding: json, data: count, file: path)
            let data = try handle.read(upToCount: count) ?? Data()
            guard data.count == count else {
                throw SafetensorsError.unreadable(file: path, reason: "it became shorter while it was read")
            }
            self.init(header, data: data)
        } catch let error as SafetensorsError {
            throw error
        } catch {
            throw .unreadable(file: path, reason: StimmungSupport.reason(of: error))
        }
    }

    /// Tensors out of data whose length the header has been checked against.
    private init(_ header: SafetensorsHeader, data: Data) {
        metadata = header.metadata
        tensors = data.withUnsafeBytes { bytes in
            header.entries.map { entry in
                // The header's offsets are within the data: each word lies at entry.start + 4 × index < entry.end ≤ bytes.count.
                let values = (0..<(entry.end - entry.start) / 4).map { index in
                    Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: entry.start + 4 * index, as: UInt32.self)))
                }
                return Tensor(name: entry.name, shape: entry.shape, values: values)
            }
        }
    }
}
