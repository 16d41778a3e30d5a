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
    /// Windowed cosines of 201 frequencies, then windowed sines, padded to whole panels.
    private let transform: WeightMatrix
    /// The weights of the bands, padded to whole panels.
    private let bank: WeightMatrix

    package init(bands: Int) {
        self.bands = bands
        let (window, bins) = (Self.window, Self.bins)
        var transform = [Float](repeating: 0, count: WeightMatrix.padded(2 * bins) * window)
        let roots = (0..<window).map { cos(2 * Double.pi * Double($0) / Double(window)) }
        for n in 0..<window {
            let weight = 0.5 - 0.5 * roots[n]
            for k in 0..<bins {
                let phase = n * k % window
                transform[k * window + n] = Float(weight * roots[phase])
                // sin(x) = cos(x − π/2), a quarter of the window.
                transform[(bins + k) * window + n] = Float(weight * roots[(phase + 3 * window / 4) % window])
            }
        }
        self.transform = WeightMatrix(outputs: WeightMatrix.padded(2 * bins), inputs: window, values: transform)
        let edges = (0..<bands + 2).map { Self.hertz(ofMel: Self.mel(ofHertz: 8000) * Double($0) / Double(bands + 1)) }
        var bank = [Float](repeating: 0, count: WeightMatrix.padded(bands) * bins)
        for band in 0..<bands {
            let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
            for bin in 0..<bins {
                let frequency = Double(bin) * 8000 / Double(bins - 1)
                let height = max(0, min((frequency - low) / (centre - low), (high - frequency) / (high - centre)))
                bank[band * bins + bin] = Float(height * 2 / (high - low))
            }
        }
        self.bank = WeightMatrix(outputs: WeightMatrix.padded(bands), inputs: bins, values: bank)
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
        var frames: [Float] = []
        frames.reserveCapacity(count * window)
        for frame in 0..<count { frames += padded[frame * Self.hop..<frame * Self.hop + window] }
        let spectrum = transform.multiply(frames)
        var power = [Float](repeating: 0, count: count * bins)
        for frame in 0..<count {
            let first = frame * transform.outputs
            for bin in 0..<bins {
                let (real, imaginary) = (spectrum[first + bin], spectrum[first + bins + bin])
                power[frame * bins + bin] = real * real + imaginary * imaginary
            }
        }
        let energies = bank.multiply(power)
        var largest = -Float.infinity
        for frame in 0..<count {
            for band in 0..<bands {
                let value = log10(max(energies[frame * bank.outputs + band], 1e-10))
                mel.elements[frame * bands + band] = value
                largest = max(largest, value)
            }
        }
        for index in mel.elements.indices { mel.elements[index] = (max(mel.elements[index], largest - 8) + 4) / 4 }
        return mel
    }

    /// The samples with `margin` mirrored samples on either side; the first and last samples are not repeated.
    private static func mirrored(_ samples: [Float], by margin: Int) -> [Float] {
        let period = max(1, 2 * (samples.count - 1))
        return (-margin..<samples.count + margin).map { place in
            let phase = ((place % period) + period) % period
            return samples[min(phase, period - phase)]
        }
    }
}
