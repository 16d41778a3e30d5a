import Foundation

/// A WAV file built byte by byte, independent of the package's own writer, with any sizes claimed in the header.
package struct Wave {
    package var tag = 1
    package var bits = 16
    package var channels = 1
    package var sampleRate = 16000
    package var data: [UInt8] = []
    package var claimedData: UInt32?
    package var claimedRIFF: UInt32?
    package var chunksAfter: [UInt8] = []
    package var bigEndian = false

    package init() {}

    package static func float(_ samples: [Float]) -> Wave {
        var wave = Wave()
        wave.tag = 3
        wave.bits = 32
        wave.data = samples.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
        return wave
    }

    /// 16-bit samples: round(32768 · x), limited to the 16-bit range.
    package static func pcm16(_ samples: [Float], bigEndian: Bool = false) -> Wave {
        var wave = Wave()
        wave.bigEndian = bigEndian
        wave.data = samples.flatMap { sample -> [UInt8] in
            let number = Int16(max(-32768, min(32767, (sample * 32768).rounded())))
            return withUnsafeBytes(of: bigEndian ? number.bigEndian : number.littleEndian, Array.init)
        }
        return wave
    }

    package var bytes: [UInt8] {
        func number(_ value: UInt32, _ width: Int) -> [UInt8] {
            let little = Array(withUnsafeBytes(of: value.littleEndian, Array.init).prefix(width))
            return bigEndian ? little.reversed() : little
        }
        let frame = channels * bits / 8
        let format =
            number(UInt32(tag), 2) + number(UInt32(channels), 2) + number(UInt32(sampleRate), 4) + number(UInt32(sampleRate * frame), 4)
            + number(UInt32(frame), 2) + number(UInt32(bits), 2)
        let riff = claimedRIFF ?? UInt32(36 + data.count + chunksAfter.count)
        return Array((bigEndian ? "RIFX" : "RIFF").utf8) + number(riff, 4) + Array("WAVEfmt ".utf8) + number(16, 4) + format
            + Array("data".utf8) + number(claimedData ?? UInt32(data.count), 4) + data + chunksAfter
    }
}

/// Writes mono samples as a 16-bit WAV file at 16 kHz.
package func writeWAV(_ samples: [Float], to file: URL) throws { try Data(Wave.pcm16(samples).bytes).write(to: file) }
