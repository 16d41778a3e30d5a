import Foundation

/// Where a clean recording of one speaker has speech, by the energy of its frames.
///
/// Frames are windows of 25 ms every 10 ms. Loud frames are at the 95th percentile of all.
package struct SpeechTruth: Sendable {
    /// For each frame, ln of its energy.
    private let energies: [Float]
    private let loud: Float
    private let quiet: Float

    /// Natural logarithms of energy per decibel.
    private static let decibel: Float = 0.1 * Float(log(10.0))

    /// - Parameter samples: at 16 kHz.
    package init(_ samples: [Float]) {
        let count = max(0, (samples.count - 400) / 160 + (samples.count >= 400 ? 1 : 0))
        energies = (0..<count).map { frame in
            var sum: Float = 0
            for index in frame * 160..<frame * 160 + 400 { sum += samples[index] * samples[index] }
            return log(max(sum, 1e-12))
        }
        let sorted = energies.sorted()
        loud = sorted.isEmpty ? 0 : sorted[Int(0.95 * Double(count - 1))]
        quiet = sorted.isEmpty ? 0 : sorted[Int(0.05 * Double(count - 1))]
    }

    /// The recording from its first to its last frame within 40 dB of the loud frames, as frames; nil if it has none.
    package var trimmed: Range<Int>? {
        let threshold = loud - 40 * Self.decibel
        guard let first = energies.firstIndex(where: { $0 > threshold }), let last = energies.lastIndex(where: { $0 > threshold }) else {
            return nil
        }
        return first..<last + 1
    }

    /// Whether each frame is speech, for training: within 40 dB of the loud frames, and at least 6 dB above the quiet ones where these are
    /// more than 26 dB below the loud ones; pauses of up to `bridge` frames are speech, and speech of a single frame is not.
    package func frames(bridging bridge: Int) -> [Bool] {
        let threshold = max(loud - 40 * Self.decibel, min(quiet + 6 * Self.decibel, loud - 20 * Self.decibel))
        var isSpeech = energies.map { $0 > threshold }
        for index in isSpeech.indices where isSpeech[index] {
            let before = index > 0 && energies[index - 1] > threshold
            let after = index + 1 < energies.count && energies[index + 1] > threshold
            if !before && !after { isSpeech[index] = false }
        }
        var last: Int?
        for index in isSpeech.indices where isSpeech[index] {
            if let last, index - last - 1 <= bridge { for gap in last..<index { isSpeech[gap] = true } }
            last = index
        }
        return isSpeech
    }
}
