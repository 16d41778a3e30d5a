import Foundation
import StimmungSupport

/// Named tensors and text metadata in the safetensors format, which Python can read and which cannot contain code.
///
///     var file = Safetensors(metadata: ["kind": "example"])
///     file.set(Safetensors.Tensor(name: "weights", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]))
///     try file.write(path: "example.safetensors")
///     try Safetensors(path: "example.safetensors").tensor("weights", shape: [2, 3], file: "example.safetensors").values
///
/// Layout: the length of the header (8 bytes, little-endian); the header, a JSON object of `__metadata__` (text by name) and
/// name → `{"dtype", "shape", "data_offsets"}`, padded with spaces so that the data begin at a multiple of 8; the data of all tensors,
/// row-major, without gaps. F32 and BF16 are supported; values need not be finite.
/// Source: the format description at https://github.com/huggingface/safetensors.
package struct Safetensors: Sendable, Equatable {
    package var metadata: [String: String]
    /// All tensors, in the order of their data.
    package private(set) var tensors: [Tensor]

    /// Tensor names must be unique.
    package init(metadata: [String: String] = [:], tensors: [Tensor] = []) {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "duplicate tensor name")
        self.metadata = metadata
        self.tensors = tensors
    }

    /// The tensor with this name; nil if there is none.
    package subscript(name: String) -> Tensor? {
        tensors.first { $0.name == name }
    }

    /// Replaces the tensor of the same name, or appends the tensor.
    package mutating func set(_ tensor: Tensor) {
        if let place = tensors.firstIndex(where: { $0.name == tensor.name }) {
            tensors[place] = tensor
        } else {
            tensors.append(tensor)
        }
    }

    /// The metadata entry `key`; `file` is used in the error.
    ///
    /// - Throws: `SafetensorsError.missingMetadata` if there is no such entry.
    package func metadata(_ key: String, file: String) throws(SafetensorsError) -> String {
        guard let value = metadata[key] else { throw .missingMetadata(file: file, key: key) }
        return value
    }

    /// The tensor `name`; `file` is used in errors.
    ///
    /// - Throws: `SafetensorsError.missingTensor` if there is no such tensor, `SafetensorsError.wrongShape` if it has another shape.
    package func tensor(_ name: String, shape: [Int], file: String) throws(SafetensorsError) -> Tensor {
        guard let tensor = self[name] else { throw .missingTensor(file: file, tensor: name) }
        guard tensor.shape == shape else { throw .wrongShape(file: file, tensor: name, shape: tensor.shape, expected: shape) }
        return tensor
    }
}

extension Safetensors {
    /// The bytes of the file, identical on every machine for the same metadata and tensors.
    package func encoded() -> Data {
        let header = SafetensorsHeader.encoded(metadata: metadata, tensors: tensors)
        var data = Data(capacity: SafetensorsHeader.prefix + header.count + tensors.reduce(0) { $0 + $1.type.bytes * $1.values.count })
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: header)
        for tensor in tensors {
            // Closures, because the compiler does not inline a key path: with one, checkpoints took half the training time on functionals.
            switch tensor.type {
            case .f32:
                let words = tensor.values.map { $0.bitPattern.littleEndian }
                words.withUnsafeBytes { data.append(contentsOf: $0) }
            case .bf16:
                precondition(tensor.values.allSatisfy { $0.bitPattern & 0xffff == 0 }, "\(tensor.name) was not rounded to bfloat16")
                let words = tensor.values.map { UInt16($0.bitPattern >> 16).littleEndian }
                words.withUnsafeBytes { data.append(contentsOf: $0) }
            case .f16:
                let words = tensor.values.map { Float16($0).bitPattern.littleEndian }
                words.withUnsafeBytes { data.append(contentsOf: $0) }
            }
        }
        return data
    }

    /// Writes the file atomically: after an error, an existing file is unchanged.
    ///
    /// - Throws: `SafetensorsError.unwritable` if the file cannot be written.
    package func write(path: String) throws(SafetensorsError) {
        do {
            try AtomicFile.write(encoded(), to: path)
        } catch {
            throw .unwritable(file: path, reason: error.reason)
        }
    }
}

extension Safetensors {
    /// Decodes the bytes of a file; `file` is its name in errors.
    ///
    /// - Throws: `SafetensorsError` if the bytes are not a valid file with F32 and BF16 tensors.
    package init(decoding data: Data, file: String) throws(SafetensorsError) {
        let length = try SafetensorsHeader.length(data.prefix(SafetensorsHeader.prefix), of: data.count, file: file)
        let body = data.dropFirst(SafetensorsHeader.prefix)
        let header = try SafetensorsHeader(decoding: body.prefix(length), data: body.count - length, file: file)
        self.init(header, data: body.dropFirst(length))
    }

    /// Whether a file starts like a safetensors file, damaged or not: 8 bytes of length, then the brace of a JSON object. True for an empty file.
    package static func isLikely(_ path: String) -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)) else { return false }
        defer { try? handle.close() }
        let bytes = (try? handle.read(upToCount: SafetensorsHeader.prefix + 1)) ?? Data()
        return bytes.isEmpty || bytes.count > SafetensorsHeader.prefix && bytes[SafetensorsHeader.prefix] == UInt8(ascii: "{")
    }

    /// Reads a file.
    ///
    /// The header is checked against the file's size before the data are read, so a damaged header cannot cause a large allocation.
    ///
    /// - Throws: `SafetensorsError` if the file cannot be read or is not a valid file with F32 and BF16 tensors.
    package init(path: String) throws(SafetensorsError) {
        guard Files.exists(path) else { throw .unreadable(file: path, reason: "there is no such file") }
        if isFolder(path) { throw .unreadable(file: path, reason: "it is a folder") }
        do {
            let handle = FileHandle(fileDescriptor: try Files.open(path), closeOnDealloc: true)
            var status = stat()
            guard fstat(handle.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw SafetensorsError.unreadable(file: path, reason: "it is not a regular file")
            }
            let size = Int(status.st_size)
            let prefix = try handle.read(upToCount: SafetensorsHeader.prefix) ?? Data()
            let length = try SafetensorsHeader.length(prefix, of: size, file: path)
            let json = try handle.read(upToCount: length) ?? Data()
            let count = size - SafetensorsHeader.prefix - length
            let header = try SafetensorsHeader(decoding: json, data: count, file: path)
            metadata = header.metadata
            tensors = []
            tensors.reserveCapacity(header.entries.count)
            for entry in header.entries {
                let place = SafetensorsHeader.prefix + length + entry.start
                let values = try entry.type.read(handle.fileDescriptor, from: place, bytes: entry.end - entry.start)
                guard let values else { throw SafetensorsError.unreadable(file: path, reason: "it was truncated while being read") }
                tensors.append(Tensor(name: entry.name, shape: entry.shape, values: values, type: entry.type))
            }
        } catch let error as SafetensorsError {
            throw error
        } catch {
            throw .unreadable(file: path, reason: StimmungSupport.reason(of: error))
        }
    }

    /// The tensors of a file; the header must have been checked against the length of `data`.
    private init(_ header: SafetensorsHeader, data: Data) {
        metadata = header.metadata
        tensors = header.entries.map { Tensor($0, of: data) }
    }
}

extension Safetensors.ElementType {
    /// Reads numbers straight into the array that holds them; nil at the end of the file.
    ///
    /// - Parameters:
    ///   - file: a descriptor.
    ///   - place: the offset of the first byte.
    ///   - bytes: a multiple of the size of a number.
    func read(_ file: Int32, from place: Int, bytes: Int) throws -> [Float]? {
        guard self == .f32, 1.littleEndian == 1 else {
            let data = try [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
                count = try Self.read(file, from: place, into: UnsafeMutableRawBufferPointer(buffer)[..<bytes])
            }
            return data.count == bytes ? data.withUnsafeBytes { decode($0) } : nil
        }
        let values = try [Float](unsafeUninitializedCapacity: bytes / 4) { buffer, count in
            count = try Self.read(file, from: place, into: UnsafeMutableRawBufferPointer(buffer)[..<bytes]) / 4
        }
        return values.count * 4 == bytes ? values : nil
    }

    /// - Returns: the number of bytes read, which is less than wanted at the end of the file only.
    private static func read(_ file: Int32, from place: Int, into buffer: Slice<UnsafeMutableRawBufferPointer>) throws -> Int {
        let buffer = UnsafeMutableRawBufferPointer(rebasing: buffer)
        var done = 0
        while done < buffer.count {
            let count = pread(file, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(place + done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            guard count > 0 else { break }
            done += count
        }
        return done
    }
}

extension Float {
    /// The nearest value of the format bfloat16 (8 bits of significance), of two equally near ones the even one. A magnitude above the largest one
    /// becomes infinite.
    package var roundedToBFloat16: Float {
        guard isFinite else { return self }
        let bits = bitPattern
        return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
    }
}
