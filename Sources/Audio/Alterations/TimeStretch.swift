import Foundation

/// Slower or faster speech at the same pitch, by waveform-similarity overlap-add (WSOLA).
///
/// The output has windows of 30 ms every 15 ms. Each is taken from the position given by the factor, shifted by at most 8 ms to where it is
/// most similar to the natural continuation of the previous window. Pitch periods down to 63 Hz therefore join in phase.
///
/// Source: W. Verhelst, M. Roelands, *An overlap-add technique based on waveform similarity (WSOLA) for high quality time-scale modification
/// of speech*, ICASSP 1993.
struct TimeStretch {
    /// Factor of the duration.
    let factor: Double
    /// Distance of windows in samples; half a window.
    private let hop: Int
    /// Largest offset in samples.
    private let reach: Int

    init(factor: Double, sampleRate: Int) {
        self.factor = factor
        hop = max(1, Int((0.015 * Double(sampleRate)).rounded()))
        reach = Int((0.008 * Double(sampleRate)).rounded())
    }

    /// n samples become round(n · factor).
    func apply(to samples: [Float]) -> [Float] {
        let length = Int((Double(samples.count) * factor).rounded())
        // Enough silence on either side for every window at any offset.
        let margin = 3 * hop + reach
        let silence = [Float](repeating: 0, count: margin)
        let padded = silence + samples + silence
        let window = (0..<2 * hop).map { Float(0.5 - 0.5 * cos(Double.pi * Double($0) / Double(hop))) }
        let energies = runningEnergies(padded)

        // The output starts half a window early, which is cut off.
        var output = [Float](repeating: 0, count: length + 3 * hop)
        var previous = margin - hop
        for position in stride(from: 0, through: length, by: hop) {
            let wanted = margin - hop + min(Int((Double(position) / factor).rounded()), samples.count)
            let start = position == 0 ? wanted : wanted + offset(of: wanted, following: previous + hop, in: padded, energies)
            for index in 0..<2 * hop { output[position + index] += window[index] * padded[start + index] }
            previous = start
        }
        return Array(output[hop..<hop + length])
    }

    /// The offset from `place` with the highest correlation to the window at `natural`. Ties go to the smallest offset.
    private func offset(of place: Int, following natural: Int, in samples: [Float], _ energies: [Double]) -> Int {
        let length = 2 * hop
        return samples.withUnsafeBufferPointer { samples in
            let model = UnsafeBufferPointer(rebasing: samples[natural..<natural + length])
            var best = (offset: 0, likeness: -Double.infinity)
            for step in 0...2 * reach {
                let offset = step % 2 == 0 ? step / 2 : -(step + 1) / 2
                let start = place + offset
                let energy = energies[start + length] - energies[start]
                let product = Double(dot(model, UnsafeBufferPointer(rebasing: samples[start..<start + length])))
                let likeness = energy > 1e-12 ? product / energy.squareRoot() : 0
                if likeness > best.likeness { best = (offset, likeness) }
            }
            return best.offset
        }
    }

    /// The energy of all samples before each position.
    private func runningEnergies(_ samples: [Float]) -> [Double] {
        var energies = [0.0]
        energies.reserveCapacity(samples.count + 1)
        var sum = 0.0
        for sample in samples {
            sum += Double(sample) * Double(sample)
            energies.append(sum)
        }
        return energies
    }
}

/// The dot product of two ranges of equal length, in sixteen lanes.
private func dot(_ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>) -> Float {
    precondition(x.count == y.count, "\(x.count) numbers by \(y.count)")
    var lanes = SIMD16<Float>.zero
    let whole = x.count / 16 * 16
    let (left, right) = (UnsafeRawBufferPointer(x), UnsafeRawBufferPointer(y))
    var start = 0
    while start < 4 * whole {
        lanes +=
            left.loadUnaligned(fromByteOffset: start, as: SIMD16<Float>.self)
            * right.loadUnaligned(fromByteOffset: start, as: SIMD16<Float>.self)
        start += 64
    }
    var sum = lanes.sum()
    for index in whole..<x.count { sum += x[index] * y[index] }
    return sum
}

/// Higher or lower pitch at the same length: stretched in time at the same pitch, then resampled.
struct PitchShift {
    let semitones: Double

    func apply(to samples: [Float], sampleRate: Int) throws(AudioError) -> [Float] {
        guard semitones != 0 else { return samples }
        let ratio = pow(2, semitones / 12)
        let stretched = TimeStretch(factor: ratio, sampleRate: sampleRate).apply(to: samples)
        return try Speed(factor: ratio).apply(to: stretched).fitted(to: samples.count)
    }
}
