import func Foundation.cos
import func Foundation.exp
import func Foundation.log
import func Foundation.log10
import StimmungTensors

/// The log-mel spectrogram of Whisper (A. Radford et al., *Robust speech recognition via large-scale weak supervision*, 2023): frames of 25 ms
/// each 10 ms, a Hann window, power spectrum, mel bands on M. Slaney's scale with equal areas, log₁₀, floored 8 below the largest value of the window,
/// (x + 4) / 4.
///
/// The ends are mirrored, so that the centre of frame t is at sample 160 t; N samples give ⌊N / 160⌋ frames.
package struct LogMel: Sendable {
    static let window = 400
    static let hop = 160
    private static let bins = window / 2 + 1

    let bands: Int
    /// Windowed cosines, then windowed sines: `400 × 402`.
    private let transform: [Float]
    /// `201 × bands`.
    private let bank: [Float]

    package init(bands: Int) {
        self.bands = bands
        let (window, bins) = (Self.window, Self.bins)
        var transform = [Float](repeating: 0, count: window * 2 * bins)
        let roots = (0..<window).map { cos(2 * Double.pi * Double($0) / Double(window)) }
        for n in 0..<window {
            let weight = 0.5 - 0.5 * roots[n]
            for k in 0..<bins {
                let phase = n * k % window
                transform[n * 2 * bins + k] = Float(weight * roots[phase])
                // sin(x) = cos(x − π/2), a quarter of the window.
                transform[n * 2 * bins + bins + k] = Float(weight * roots[(phase + 3 * window / 4) % window])
            }
        }
        self.transform = transform
        let edges = (0..<bands + 2).map { Self.hertz(ofMel: Self.mel(ofHertz: 8000) * Double($0) / Double(bands + 1)) }
        var bank = [Float](repeating: 0, count: bins * bands)
        for band in 0..<bands {
            let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
            for bin in 0..<bins {
                let frequency = Double(bin) * 8000 / Double(bins - 1)
                let height = max(0, min((frequency - low) / (centre - low), (high - frequency) / (high - centre)))
                bank[bin * bands + band] = Float(height * 2 / (high - low))
            }
        }
        self.bank = bank
    }

    /// M. Slaney's scale: linear up to 1000 Hz, then logarithmic.
    private static func mel(ofHertz frequency: Double) -> Double {
        frequency < 1000 ? 3 * frequency / 200 : 15 + log(frequency / 1000) * 27 / log(6.4)
    }

    private static func hertz(ofMel mel: Double) -> Double { mel < 15 ? 200 * mel / 3 : 1000 * exp(log(6.4) / 27 * (mel - 15)) }

    /// The log-mel spectrogram of samples at 16 kHz, `⌊N / 160⌋ × bands`.
    package func callAsFunction(_ samples: [Float]) -> Matrix {
        let (window, bins) = (Self.window, Self.bins)
        let count = samples.count / Self.hop
        var mel = Matrix(rows: count, columns: bands)
        guard count > 0 else { return mel }
        let padded = Self.mirrored(samples, by: window / 2)
        var spectrum = [Float](repeating: 0, count: count * 2 * bins)
        // oneDNN refuses rows that overlap.
        var frames = [Float]()
        frames.reserveCapacity(count * window)
        for frame in 0..<count { frames += padded[frame * Self.hop..<frame * Self.hop + window] }
        multiply(frames, transform, rows: count, inner: window, columns: 2 * bins, into: &spectrum)
        var power = [Float](repeating: 0, count: count * bins)
        for frame in 0..<count {
            for bin in 0..<bins {
                let (real, imaginary) = (spectrum[frame * 2 * bins + bin], spectrum[frame * 2 * bins + bins + bin])
                power[frame * bins + bin] = real * real + imaginary * imaginary
            }
        }
        multiply(power, bank, rows: count, inner: bins, columns: bands, into: &mel.elements)
        var largest = -Float.infinity
        for index in mel.elements.indices {
            mel.elements[index] = log10(max(mel.elements[index], 1e-10))
            largest = max(largest, mel.elements[index])
        }
        for index in mel.elements.indices { mel.elements[index] = (max(mel.elements[index], largest - 8) + 4) / 4 }
        return mel
    }

    /// The samples with so many mirrored ones on both sides; the first and last samples are not repeated.
    private static func mirrored(_ samples: [Float], by margin: Int) -> [Float] {
        let period = max(1, 2 * (samples.count - 1))
        return (-margin..<samples.count + margin).map { place in
            let phase = ((place % period) + period) % period
            return samples[min(phase, period - phase)]
        }
    }
}

/// c = a · b, with a `rows × inner` and b `inner × columns`, none of them empty.
private func multiply(_ a: [Float], _ b: [Float], rows: Int, inner: Int, columns: Int, into c: inout [Float]) {
    withPointers(reading: a, b, writing: &c) { a, b, c in
        Product.multiply(
            MatrixView(a, rows: rows, columns: inner), MatrixView(b, rows: inner, columns: columns),
            into: MutableMatrixView(c, rows: rows, columns: columns))
    }
}
