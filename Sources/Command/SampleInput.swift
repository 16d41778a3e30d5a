import Foundation
import StimmungSupport

/// How samples lie in bytes.
struct SampleLayout: Equatable {
    enum Kind { case unsigned8, integer16, integer24, integer32, float32, float64 }

    let kind: Kind
    let rate: Int
    let channels: Int

    init(_ kind: Kind, rate: Int, channels: Int) {
        (self.kind, self.rate, self.channels) = (kind, rate, channels)
    }

    var bytesPerSample: Int {
        switch kind {
        case .unsigned8: 1
        case .integer16: 2
        case .integer24: 3
        case .integer32, .float32: 4
        case .float64: 8
        }
    }

    var bytesPerFrame: Int { bytesPerSample * channels }

    /// The mean of the channels of a frame, −1 … 1.
    func mono(_ bytes: UnsafeRawBufferPointer) -> Float {
        // `bytes` holds one frame, so every offset is within it.
        var sum: Float = 0
        for channel in 0..<channels {
            let offset = channel * bytesPerSample
            switch kind {
            case .unsigned8: sum += (Float(bytes[offset]) - 128) / 128
            case .integer16: sum += Float(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int16.self))) / 32_768
            case .integer24:
                let value = Int32(bytes[offset]) << 8 | Int32(bytes[offset + 1]) << 16 | Int32(Int8(bitPattern: bytes[offset + 2])) << 24
                sum += Float(value) / 2_147_483_648
            case .integer32: sum += Float(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))) / 2_147_483_648
            case .float32:
                sum += Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            case .float64:
                sum += Float(Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))))
            }
        }
        return sum / Float(channels)
    }
}

/// Turns the bytes of standard input into samples, whatever pieces they come in.
struct SampleInput {
    /// Nil until a WAV header has been read.
    private(set) var layout: SampleLayout?
    /// Bytes of an incomplete frame or header.
    private var pending: [UInt8] = []

    /// Bytes that are left of an incomplete frame.
    var rest: Int { layout == nil ? 0 : pending.count }

    /// - Parameter layout: nil for a WAV file, which is read up to the end of the input, whatever length its header names.
    init(_ layout: SampleLayout?) { self.layout = layout }

    /// Takes the next bytes; returns the samples of the frames that have become complete.
    ///
    /// - Throws: `CommandFailure` if the input is not a WAV file, or has an encoding that cannot be streamed.
    mutating func take(_ bytes: [UInt8]) throws -> [Float] {
        pending += bytes
        if layout == nil { try readHeader() }
        guard let layout else { return [] }
        let size = layout.bytesPerFrame
        let frames = pending.count / size
        let samples = pending.withUnsafeBytes { all in
            (0..<frames).map { layout.mono(UnsafeRawBufferPointer(rebasing: all[$0 * size..<($0 + 1) * size])) }
        }
        pending.removeFirst(frames * size)
        return samples
    }

    /// Largest header, with chunks before the samples such as tags and pictures.
    private static let longestHeader = 1 << 20

    private mutating func readHeader() throws {
        let notWAV = CommandFailure("Standard input is not a WAV file. Give --encoding s16le or f32le for samples without a header.")
        guard pending.count >= 12 else { return }
        guard Array(pending[0..<4]) == Array("RIFF".utf8), Array(pending[8..<12]) == Array("WAVE".utf8) else { throw notWAV }
        var position = 12
        var format: SampleLayout?
        while position + 8 <= pending.count {
            let name = Array(pending[position..<position + 4])
            let size = Int(number(position + 4, bytes: 4))
            if name == Array("data".utf8) {
                guard let format else { throw notWAV }
                layout = format
                pending.removeFirst(position + 8)
                return
            }
            if name == Array("fmt ".utf8), size >= 16 {
                guard position + 8 + min(size, 26) <= pending.count else { break }
                format = try layout(ofFormat: position + 8, size: size)
            }
            position += 8 + size + size % 2
        }
        if max(position, pending.count) > Self.longestHeader { throw notWAV }
    }

    private func number(_ position: Int, bytes: Int) -> UInt64 {
        (0..<bytes).reduce(0) { $0 | UInt64(pending[position + $1]) << UInt64(8 * $1) }
    }

    private func layout(ofFormat position: Int, size: Int) throws -> SampleLayout {
        var tag = number(position, bytes: 2)
        // WAVE_FORMAT_EXTENSIBLE has the format in its subformat.
        if tag == 0xFFFE, size >= 26 { tag = number(position + 24, bytes: 2) }
        let (channels, rate, bits) = (
            Int(number(position + 2, bytes: 2)), Int(number(position + 4, bytes: 4)), number(position + 14, bytes: 2)
        )
        let kind: SampleLayout.Kind? =
            switch (tag, bits) {
            case (1, 8): .unsigned8
            case (1, 16): .integer16
            case (1, 24): .integer24
            case (1, 32): .integer32
            case (3, 32): .float32
            case (3, 64): .float64
            default: nil
            }
        guard let kind, (1...64).contains(channels), (1000...1_000_000).contains(rate) else {
            throw CommandFailure(
                "The WAV file on standard input cannot be streamed: format \(tag) with \(bits) bits, \(channels) channels, \(rate) Hz. "
                    + "Use PCM or floating point.")
        }
        return SampleLayout(kind, rate: rate, channels: channels)
    }
}
