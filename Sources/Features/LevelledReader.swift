import CStimmungKernels
import StimmungAudio
import StimmungSupport

/// A recording's samples, brought to the peak that the options name.
///
/// The peak is known at the end only. A recording of up to 2²⁰ samples, a minute at 16 kHz, is held till then; a longer one is read twice.
struct LevelledReader: ~Copyable {
    /// Samples that are held at most: 4 MB.
    private static let mostHeld = 1 << 20

    private let reader: AudioReader
    /// What is unusual about the recording; complete at its end.
    var warnings: [RecordingWarning] { reader.warnings }
    private let level: PeakLevel
    /// The whole of a short recording, and how much of it has been given out.
    private var held: [Float] = []
    private var given = 0

    /// - Parameters:
    ///   - segment: the file, or the part of it.
    ///   - options: their sample rate and peak.
    ///   - cancellation: ends the search for the peak early; the samples are then useless.
    /// - Throws: `FeatureError.audio`
    init(_ segment: AudioSegment, options: FeatureOptions, cancellation: Cancellation?) throws(FeatureError) {
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
        while cancellation?.isCancelled != true, case let samples = try Self.read(first, maximum: 1 << 16), !samples.isEmpty {
            peak = max(peak, PeakLevel.peak(samples))
            isLong = isLong || beginning.count + samples.count > Self.mostHeld
            if isLong { beginning = [] } else { beginning += samples }
        }
        reader = isLong ? try open() : first
        level = PeakLevel(measured: peak, options: options)
        held = beginning
        level.apply(to: &held)
    }

    /// The next samples, none at the end.
    ///
    /// - Throws: `FeatureError.audio`
    mutating func read(maximum: Int) throws(FeatureError) -> [Float] {
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

/// Brings samples to the peak that the options name.
struct PeakLevel: Sendable {
    /// The most that a recording is raised by: 60 dB. What is softer still is not speech but the last bits of a muted line.
    private static let mostGain: Float = 1000

    /// What samples are multiplied by.
    private let gain: Float

    /// - Parameter measured: the recording's largest absolute sample. What no sample can be is left as it is, to be refused where it is taken.
    init(measured: Float, options: FeatureOptions) {
        let isPlausible = measured > 0 && measured <= FrameExtractor.loudest
        gain = options.peak > 0 && isPlausible ? min(options.peak / measured, Self.mostGain) : 1
    }

    /// For a recording in memory.
    init(of samples: [Float], options: FeatureOptions) {
        self.init(measured: options.peak > 0 ? Self.peak(samples) : 0, options: options)
    }

    func apply(to samples: inout [Float]) {
        guard gain != 1 else { return }
        for index in samples.indices { samples[index] *= gain }
    }

    /// The largest absolute sample; where one is not a number, something that is no level either.
    static func peak(_ samples: [Float]) -> Float { samples.withUnsafeBufferPointer { ck_largest_magnitude($0.count, $0.baseAddress) } }
}
