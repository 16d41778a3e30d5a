import CStimmungInterface
import CStimmungMemory
import Foundation
import StimmungSupport

/// Samples as a WAV file in memory (`memfd_create`), so that they are recognised like a file with the same samples, by every model.
///
/// The memory is freed with the last reference.
final class SampleFile: Sendable {
    private let file: FileHandle

    /// - Throws: `LibraryError.argument` if the samples are NULL, too many, or of an invalid rate; `.memory`.
    init(_ audio: UnsafePointer<stimmung_audio>?) throws {
        guard let audio = audio?.pointee else { throw LibraryError.argument("audio", reason: "is NULL") }
        guard (1000...1_000_000).contains(audio.rate) else {
            throw LibraryError.argument("rate", reason: "is \(audio.rate); it must be 1000 to 1000000 samples per second")
        }
        guard (0..<Self.most).contains(audio.count) else {
            throw LibraryError.argument("count", reason: "is too large for one recording; use a session")
        }
        guard audio.samples != nil || audio.count == 0 else { throw LibraryError.argument("samples", reason: "is NULL") }
        let bytes = UnsafeRawBufferPointer(start: audio.samples, count: 4 * Int(audio.count))
        // 1 is MFD_CLOEXEC.
        let descriptor = memfd_create("samples", 1)
        guard descriptor >= 0 else { throw LibraryError.memory(reason: systemReason()) }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Self.header(byteCount: bytes.count, rate: UInt32(audio.rate)))
        try file.write(contentsOf: bytes)
    }

    /// A path that this process can open.
    var path: String { "/proc/\(getpid())/fd/\(file.fileDescriptor)" }

    /// Sizes in the header have 32 bits, and some readers treat them as signed.
    static let most = 1 << 29

    /// The header of a WAV file of mono 32-bit floats.
    private static func header(byteCount: Int, rate: UInt32) -> Data {
        var header = Data()
        func append(_ text: String) { header.append(contentsOf: text.utf8) }
        func append(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { header.append(contentsOf: $0) } }
        append("RIFF")
        append(UInt32(36 + byteCount))
        append("WAVEfmt ")
        append(UInt32(16))
        // IEEE floating point, one channel.
        append(UInt16(3))
        append(UInt16(1))
        append(rate)
        append(4 * rate)
        append(UInt16(4))
        append(UInt16(32))
        append("data")
        append(UInt32(byteCount))
        return header
    }
}
