import StimmungAudio
import StimmungFeatures
import StimmungSupport

/// Finds speech in a recording, or in samples as they arrive.
///
///     let segments = try SpeechDetector.segments(of: AudioSegment(path: "call.wav"))
///
///     var detector = try SpeechDetector(SpeechModel.builtIn())
///     for event in try detector.push(chunk) { … }         // mono, 16 kHz
///     for event in detector.finish() { … }
///
/// Any cut into chunks gives the same events. Memory does not grow with the recording. A copy is independent of its original.
public struct SpeechDetector {
    private var scorer: SpeechScorer
    private var activity: SpeechActivity
    private var sampleCount = 0

    /// A detector for one recording after another.
    ///
    /// - Throws: `SpeechError.option` if an option is invalid.
    public init(_ model: SpeechModel, options: SpeechActivityOptions = SpeechActivityOptions()) throws(SpeechError) {
        scorer = SpeechScorer(model)
        activity = try SpeechActivity(options, hop: SpeechScorer.hop)
    }

    /// Seconds by which an event of `activity` is late, beyond what its options need.
    public var latency: Double { scorer.latency }
    /// Whether speech has started and not ended, as far as reported.
    public var isSpeech: Bool { activity.isSpeech }

    /// Takes the next samples; returns the events that became certain, with their times in seconds.
    ///
    /// - Throws: `SpeechError.features` if a sample is not finite or far outside −1 … 1; the state is then unchanged.
    public mutating func push(_ samples: [Float]) throws(SpeechError) -> [SpeechEvent] {
        let scores: [Float]
        do { scores = try scorer.push(samples) } catch { throw .features(error) }
        sampleCount += samples.count
        return scores.compactMap { activity.push($0) }
    }

    /// The events at the end of the recording. The next `push` starts another one.
    public mutating func finish() -> [SpeechEvent] {
        var events = scorer.finish().compactMap { activity.push($0) }
        if let event = activity.finish() { events.append(event) }
        sampleCount = 0
        return events
    }
}

extension SpeechDetector {
    /// The cut-off in Hz of the high-pass before the detector, and the samples of the last `push` after it.
    package static var highPass: Double { SpeechFrontEnd.cutoff }
    package var filtered: [Float] { scorer.filtered }

    /// The speech in samples at 16 kHz.
    ///
    /// - Throws: `SpeechError.features` if a sample is not finite or far outside −1 … 1.
    package mutating func segments(of samples: [Float]) throws(SpeechError) -> [SpeechSegment] {
        try Self.segments(push(samples) + finish())
    }

    /// The speech in a recording, read in pieces.
    ///
    /// - Parameters:
    ///   - recording: the file, or a part of it.
    ///   - model: the built-in model by default.
    ///   - options: how scores become stretches of speech.
    /// - Throws: `SpeechError.option` if an option is invalid, `SpeechError.features` if the recording cannot be read.
    public static func segments(
        of recording: AudioSegment, model: SpeechModel? = nil, options: SpeechActivityOptions = SpeechActivityOptions()
    ) throws(SpeechError) -> [SpeechSegment] {
        let used: SpeechModel
        if let model { used = model } else { used = try .builtIn() }
        var detector = try SpeechDetector(used, options: options)
        var events: [SpeechEvent] = []
        let reader: AudioReader
        do { reader = try AudioReader(recording, sampleRate: SpeechScorer.sampleRate) } catch { throw .features(.audio(error)) }
        while true {
            let samples: [Float]
            do { samples = try reader.read(maximum: 1 << 16) } catch { throw .features(.audio(error)) }
            if samples.isEmpty { break }
            events += try detector.push(samples)
        }
        return segments(events + detector.finish())
    }

    private static func segments(_ events: [SpeechEvent]) -> [SpeechSegment] {
        stride(from: 0, to: events.count - 1, by: 2).map { SpeechSegment(start: events[$0].time, end: events[$0 + 1].time) }
    }
}
