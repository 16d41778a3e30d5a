import Foundation

/// Higher or lower at the same length: stretched in time without a change of pitch, then played faster by as much.
struct PitchShift {
    let semitones: Double

    func apply(to samples: [Float], sampleRate: Int) throws(AudioError) -> [Float] {
        guard semitones != 0 else { return samples }
        let ratio = pow(2, semitones / 12)
        let stretched = TimeStretch(factor: ratio, sampleRate: sampleRate).apply(to: samples)
        return try Speed(factor: ratio).apply(to: stretched).fitted(to: samples.count)
    }
}
