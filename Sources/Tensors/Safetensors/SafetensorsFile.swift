import Foundation
import StimmungSupport

/// A safetensors file whose tensors are read one at a time, for files of which a part is needed. F32, BF16 and F16 are supported.
///
///     let file = try SafetensorsFile(path: "model.safetensors")
///     file.shape("conv1.weight")                  // from the header; the data are not read
///     try file.values("conv1.weight")
///
/// Opening reads the header, which is checked against the file's size.
package final class SafetensorsFile {
    package let path: String
    /// Size of the file in bytes.
    package let size: Int
    package let metadata: [String: String]
    private let entries: [String: SafetensorsHeader.Entry]
    private let dataStart: Int
    private let descriptor: Int32

    /// - Throws: `SafetensorsError` if the file cannot be read or its header is invalid.
    package init(path: String) throws(SafetensorsError) {
        if isFolder(path) { throw .unreadable(file: path, reason: "it is a folder") }
        do { descriptor = try Files.open(path) } catch { throw .unreadable(file: path, reason: error.reason) }
        self.path = path
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(file: path, reason: "it is not a regular file")
        }
        size = Int(status.st_size)
        do throws(SafetensorsError) {
            let prefix = try Self.read(descriptor, SafetensorsHeader.prefix, at: 0, of: path)
            let length = try SafetensorsHeader.length(prefix, of: size, file: path)
            let json = try Self.read(descriptor, length, at: SafetensorsHeader.prefix, of: path)
            dataStart = SafetensorsHeader.prefix + length
            let header = try SafetensorsHeader(decoding: json, data: size - dataStart, file: path, types: [.f32, .bf16, .f16])
            metadata = header.metadata
            entries = Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0) })
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// The shape of a tensor; nil if there is none of this name.
    package func shape(_ name: String) -> [Int]? { entries[name]?.shape }

    /// The values of a tensor, row-major.
    ///
    /// - Throws: `SafetensorsError.missingTensor`, or `unreadable` if the file changed meanwhile.
    package func values(_ name: String) throws(SafetensorsError) -> [Float] {
        guard let entry = entries[name] else { throw .missingTensor(file: path, tensor: name) }
        let values: [Float]?
        do { values = try entry.type.read(descriptor, from: dataStart + entry.start, bytes: entry.end - entry.start) } catch {
            throw .unreadable(file: path, reason: StimmungSupport.reason(of: error))
        }
        guard let values else { throw .unreadable(file: path, reason: "it was truncated while being read") }
        return values
    }

    /// Up to `count` bytes from `offset`; fewer at the end of the file.
    private static func read(_ descriptor: Int32, _ count: Int, at offset: Int, of path: String) throws(SafetensorsError) -> Data {
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw .unreadable(file: path, reason: systemReason(errno)) }
        var data = Data(count: min(count, max(0, Self.length(descriptor) - offset)))
        guard let done = data.withUnsafeMutableBytes({ readAll(descriptor, into: $0) }) else {
            throw .unreadable(file: path, reason: systemReason(errno))
        }
        return data.prefix(done)
    }

    private static func length(_ descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }
}
