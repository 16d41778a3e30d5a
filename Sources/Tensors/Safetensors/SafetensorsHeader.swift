import Foundation
import StimmungSupport

/// The header of a safetensors file, validated against the length of the data.
struct SafetensorsHeader {
    /// One tensor: its data are the bytes `start ..< end` after the header.
    struct Entry {
        var name: String
        var type: Safetensors.ElementType
        var shape: [Int]
        var start: Int
        var end: Int
    }

    /// Size in bytes of the length field before the header.
    static let prefix = 8
    static let metadataKey = "__metadata__"
    /// Longer headers are rejected, as in the format's own library.
    private static let longest = 100_000_000

    private(set) var metadata: [String: String] = [:]
    /// Tensors in the order of their data.
    private(set) var entries: [Entry] = []

    /// The JSON text, padded with spaces to a multiple of 8 bytes.
    static func encoded(metadata: [String: String], tensors: [Safetensors.Tensor]) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map { "\($0.key.jsonQuoted):\($0.value.jsonQuoted)" }
            members.append("\(metadataKey.jsonQuoted):{\(texts.joined(separator: ","))}")
        }
        var start = 0
        for tensor in tensors {
            let end = start + tensor.type.bytes * tensor.values.count
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(tensor.name.jsonQuoted):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}")
            start = end
        }
        var bytes = Array("{\(members.joined(separator: ","))}".utf8)
        while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
        return bytes
    }

    /// The length of the header, from the first 8 bytes of a file of `size` bytes.
    static func length(_ bytes: Data, of size: Int, file: String) throws(SafetensorsError) -> Int {
        guard bytes.count == prefix else {
            throw .malformed(file: file, reason: "it has \(bytes.count) bytes but needs at least \(prefix)")
        }
        let length = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(longest) else {
            throw .malformed(file: file, reason: "its header claims \(length) bytes; the maximum is \(longest)")
        }
        guard Int(length) <= size - prefix else {
            throw .malformed(file: file, reason: "its header claims \(length) bytes, but only \(size - prefix) follow")
        }
        return Int(length)
    }

    /// Decodes the JSON text and checks it against `count`, the number of data bytes, which the tensors must fill exactly.
    ///
    /// - Throws: `SafetensorsError.malformed` if the header is invalid, `SafetensorsError.unsupportedType` if a tensor is not of one of `types`.
    init(
        decoding json: Data, data count: Int, file: String, types: [Safetensors.ElementType] = [.f32, .bf16]
    ) throws(SafetensorsError) {
        var found: [SafetensorsHeaderScanner.Entry] = []
        do throws(SafetensorsHeaderScanner.Failure) {
            var scanner = try SafetensorsHeaderScanner(json)
            (metadata, found) = try scanner.header()
        } catch {
            throw .malformed(file: file, reason: error.reason)
        }
        for entry in found {
            guard let type = Safetensors.ElementType(rawValue: entry.type), types.contains(type) else {
                throw .unsupportedType(file: file, tensor: entry.name, type: entry.type)
            }
            entries.append(Entry(name: entry.name, type: type, shape: entry.shape, start: entry.start, end: entry.end))
        }
        // The offset in the header breaks ties: tensors without values share their data offsets and keep the header's order.
        entries = entries.enumerated().sorted {
            ($0.element.start, $0.element.end, $0.offset) < ($1.element.start, $1.element.end, $1.offset)
        }.map(\.element)
        var filled = 0
        for entry in entries {
            if let reason = fault(entry, after: filled, data: count) {
                throw .malformed(file: file, reason: "tensor \(entry.name.jsonQuoted) \(reason)")
            }
            filled = entry.end
        }
        guard filled == count else {
            throw .malformed(file: file, reason: "\(count) bytes of data follow the header, but its tensors take \(filled)")
        }
    }

    /// The fault of an entry whose predecessor ends at `filled`; nil if it is valid.
    private func fault(_ entry: Entry, after filled: Int, data count: Int) -> String? {
        let range = "\(entry.start) to \(entry.end)"
        guard entry.start <= entry.end, entry.end <= count else { return "has offsets \(range), outside the \(count) bytes of data" }
        guard entry.start == filled else { return "has offsets \(range), but the previous tensor ends at \(filled)" }
        var bytes = entry.type.bytes
        for extent in entry.shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
            guard !overflow else { return "has a shape whose size overflows" }
            bytes = product
        }
        guard bytes == entry.end - entry.start else {
            return "has \(entry.end - entry.start) bytes, but its shape \(entry.shape) needs \(bytes)"
        }
        return nil
    }
}
