import Foundation
import StimmungAudio
import StimmungSupport

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
        return layout.takeFrames(from: &pending)
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
