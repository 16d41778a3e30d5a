import Foundation

/// A line of the fixed telephone network: 300 … 3400 Hz at 8 kHz (the band of ITU-T G.712), µ-law (ITU-T G.711), and back.
///
/// The filter has linear phase and its delay is taken out, so that the sound stays where it was.
struct Telephone {
    private static let rate = 8000

    /// Samples beyond −1 … 1 are held at the ends, as a line holds them.
    func apply(to samples: [Float], sampleRate: Int) throws(AudioError) -> [Float] {
        let narrow = try Resampler.resample(samples, from: sampleRate, to: Self.rate)
        let delay = Self.filter.count / 2
        let band = convolution(narrow, Self.filter).dropFirst(delay).prefix(narrow.count)
        let heard = band.map { MuLaw.decoded[Int(MuLaw.encode($0))] }
        return try Resampler.resample(heard, from: Self.rate, to: sampleRate).fitted(to: samples.count)
    }

    /// The impulse response of the band at 8 kHz: 20 ms of the ideal one, under a Hamming window; −6 dB at the edges, more than 50 dB
    /// down from 150 Hz and 3550 Hz on.
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
