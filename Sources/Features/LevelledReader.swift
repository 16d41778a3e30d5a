import CStimmungKernels
import StimmungAudio
import StimmungSupport

/// Reads the samples of a recording, scaled to the peak in the options.
///
/// The peak is known only at the end. A recording of up to 2²⁰ samples, a minute at 16 kHz, is kept in memory; a longer one is read twice.
package struct LevelledReader: ~Copyable {
    /// Maximum number of samples in memory: 4 MB.
    private static let mostHeld = 1 << 20

    private let reader: AudioReader
    /// What is unusual about the recording; complete at its end.
    var warnings: [RecordingWarning] { reader.warnings }
    private let level: PeakLevel
    /// All samples of a short recording, and the number already returned.
    private var held: [Float] = []
    private var given = 0

    /// - Parameters:
    ///   - segment: the file, or a part of it.
    ///   - options: supply the sample rate and the peak.
    ///   - cancellation: stops measuring the peak early.
    /// - Throws: `FeatureError.audio` if the recording cannot be opened or read; `Cancelled`.
    package init(_ segment: AudioSegment, options: FeatureOptions, cancellation: Cancellation?) throws {
        func open() throws(FeatureError) -> AudioReader {
            do {
                return try AudioReader(segment, sampleRate: options.sampleRate, cancellation: cancellation)
            } catch {
                throw .audio(error)
            }
        }
        let first = try open()
        guard options.peak > 0 else {
            (reader, level) = (first, PeakLevel(measured: 0, options: options))
            return
        }
        var beginning: [Float] = []
        var peak: Float = 0
        var isLong = false
        while case let samples = try Self.read(first, maximum: 1 << 16), !samples.isEmpty {
            try cancellation?.check()
            peak = max(peak, PeakLevel.peak(samples))
            isLong = isLong || beginning.count + samples.count > Self.mostHeld
            if isLong { beginning = [] } else { beginning += samples }
        }
        reader = isLong ? try open() : first
        level = PeakLevel(measured: peak, options: options)
        held = beginning
        level.apply(to: &held)
    }

    /// The next samples; empty at the end.
    ///
    /// - Throws: `FeatureError.audio` if the recording cannot be read.
    package mutating func read(maximum: Int) throws(FeatureError) -> [Float] {
        if given < held.count {
            let part = given..<min(given + maximum, held.count)
            given = part.upperBound
            return Array(held[part])
        }
        var samples = try Self.read(reader, maximum: maximum)
        level.apply(to: &samples)
        return samples
    }

    private static func read(_ reader: AudioReader, maximum: Int) throws(FeatureError) -> [Float] {
        do {
            return try reader.read(maximum: maximum)
        } catch {
            throw .audio(error)
        }
    }
}

/// Scales samples to the peak in the options.
package struct PeakLevel: Sendable {
    /// Maximum gain: 60 dB. Anything quieter is not speech but the last bits of a muted line.
    package static let mostGain: Float = 1000

    /// Factor applied to every sample.
    private let gain: Float

    /// - Parameter measured: the recording's largest absolute sample. An impossible value leaves the samples unchanged; the extractor
    ///   rejects them.
    init(measured: Float, options: FeatureOptions) {
        let isPlausible = measured > 0 && measured <= FrontEnd.loudest
        gain = options.peak > 0 && isPlausible ? min(options.peak / measured, Self.mostGain) : 1
    }

    /// Measures the peak of a recording in memory.
    package init(of samples: [Float], options: FeatureOptions) {
        self.init(measured: options.peak > 0 ? Self.peak(samples) : 0, options: options)
    }

    package func apply(to samples: inout [Float]) {
        guard gain != 1 else { return }
        for index in samples.indices { samples[index] *= gain }
    }

    /// The largest absolute sample; not a plausible peak if a sample is NaN.
    static func peak(_ samples: [Float]) -> Float { samples.withUnsafeBufferPointer { ck_largest_magnitude($0.count, $0.baseAddress) } }
}
