import Foundation

/// A line of the fixed telephone network: 300 … 3400 Hz at 8 kHz (the band of ITU-T G.712), µ-law (ITU-T G.711), and back.
///
/// The filter has linear phase, and its delay is removed.
struct Telephone {
    private static let rate = 8000

    /// Samples outside −1 … 1 are clipped, as on a real line.
    func apply(to samples: [Float], sampleRate: Int) throws(AudioError) -> [Float] {
        let narrow = try Resampler.resample(samples, from: sampleRate, to: Self.rate)
        let delay = Self.filter.count / 2
        let band = convolution(narrow, Self.filter).dropFirst(delay).prefix(narrow.count)
        let heard = band.map { MuLaw.decoded[Int(MuLaw.encode($0))] }
        return try Resampler.resample(heard, from: Self.rate, to: sampleRate).fitted(to: samples.count)
    }

    /// The impulse response of the band at 8 kHz: 20 ms of the ideal one with a Hamming window. −6 dB at the edges, below −50 dB outside
    /// 150 … 3550 Hz.
    private static let filter: [Float] = {
        let half = 80
        return (-half...half).map { index in
            func lowPass(_ edge: Double) -> Double {
                let cycles = edge / Double(rate)
                return index == 0 ? 2 * cycles : sin(2 * Double.pi * cycles * Double(index)) / (Double.pi * Double(index))
            }
            let window = 0.54 + 0.46 * cos(Double.pi * Double(index) / Double(half + 1))
            return Float(window * (lowPass(3400) - lowPass(300)))
        }
    }()
}

/// The µ-law of North American and Japanese telephony: 14 bits in 8. Source: ITU-T G.711 (1988), tables 2a and 2b.
///
/// The code of magnitude + 33 has the position of its highest bit, 0 … 7, and the four bits after it. All bits of the code are inverted.
package enum MuLaw {
    /// The code of a sample of −1 … 1; other samples are clipped.
    package static func encode(_ sample: Float) -> UInt8 {
        let magnitude = 33 + Int(min(8158, abs(sample) * 8192))
        let segment = Int.bitWidth - 6 - magnitude.leadingZeroBitCount
        let code = UInt8(segment << 4 | magnitude >> (segment + 1) & 0xF)
        return ~(sample < 0 ? code | 0x80 : code)
    }

    /// The sample of each code, in −1 … 1: whole numbers from −8031 to 8031, divided by 8192.
    package static let decoded: [Float] = (0...255).map { code in
        let bits = ~code & 0xFF
        let magnitude = (bits << 1 & 0x1F | 33) << (bits >> 4 & 7) - 33
        return Float(bits & 0x80 == 0 ? magnitude : -magnitude) / 8192
    }
}
