import Foundation
import StimmungAudio

/// A recording of consecutive tones at 16 kHz.
package struct Tones {
    package private(set) var samples: [Float] = []

    package init() {}

    package static let loud: Float = 0.5
    package static let soft: Float = 0.005

    package mutating func add(seconds: Double, amplitude: Float, frequency: Float = 440) {
        let start = samples.count
        samples += (0..<Int((seconds * 16_000).rounded())).map { amplitude * sin(2 * .pi * frequency * Float(start + $0) / 16_000) }
    }

    package func write(_ path: String) throws { try AudioFile.writeWAV(samples, sampleRate: 16_000, to: path) }
}

extension TemporaryFolder {
    /// Writes one tone as a WAV file, and creates its parent folders.
    ///
    /// - Returns: its path.
    @discardableResult
    package func tone(_ name: String, seconds: Double, frequency: Float = 440, amplitude: Float = 0.3) throws -> String {
        var tones = Tones()
        tones.add(seconds: seconds, amplitude: amplitude, frequency: frequency)
        let place = file(name)
        try FileManager.default.createDirectory(
            atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try tones.write(place)
        return place
    }
}
