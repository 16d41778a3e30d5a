import StimmungAudio
import StimmungFeatures
import StimmungSpeech
import StimmungSupport

/// Recognises speech as its samples arrive: samples in, events out.
///
///     let session = try recogniser.session(sampleRate: 48_000)
///     while let chunk = microphone.next() {
///         for event in try session.push(chunk) { print(event.json) }
///     }
///     for event in try session.finish() { print(event.json) }
///
/// Any cut of the samples into chunks gives the same events, bit for bit: those of the whole recording, late by the look-ahead of the model and of
/// the speech activity detection. Memory does not grow with the length, unless `Model.lookAhead` is `.whole`. A session belongs to one thread at a
/// time.
public final class RecognitionSession {
    /// Samples per second of the input.
    public let sampleRate: Int
    private let model: Model
    private let general: Model
    private let learnsVoice: Bool
    private let learnsSource: Bool
    private let resampler: Resampler?
    private var engine: any SessionEngine
    /// Samples at the rate of the features that are less than a block; with a look-ahead of `.whole`, all of them.
    private var pending: [Float] = []
    private var isWhole: Bool
    /// Samples received, and those at the rate of the features.
    private var received = 0
    private var sampleCount = 0
    private var isFinished = false

    /// Samples of a block, and the usual one in seconds. Everything is computed in whole blocks, so that chunks do not matter: networks of
    /// frames may give other bits for other numbers of frames.
    private let block: Int
    private static let usualBlock = 0.04
    /// Largest accepted magnitude of a sample, a tenth of what the front ends accept: a resampler may overshoot.
    private static let loudest: Float = 1e5
    /// For recordings by a model of functionals, whose events do not depend on the blocks. A block of 40 ms fills half of the lanes of the
    /// front end.
    private static let recordingBlock = 10.0

    /// - Parameters:
    ///   - recogniser: supplies the model.
    ///   - sampleRate: samples per second of the input, 1000 … 1,000,000.
    ///   - options: what is reported, and how speech is found and cut.
    ///   - isRecording: whether events need not come early: segments may come after the end of their stretch of speech.
    /// - Throws: `AudioError.badSampleRate`; `SpeechError.option` or `RecogniserError.option` for an invalid option;
    ///   `RecogniserError.needsOtherRecordings` for a model that compares recordings; `VoiceError.notUsable` or `SourceError.notUsable` for learning with
    ///   a model that cannot use voices and sources.
    init(_ recogniser: Recogniser, sampleRate: Int, _ options: SessionOptions, isRecording: Bool = false) throws {
        self.sampleRate = sampleRate
        model = recogniser.model
        general = recogniser.general
        learnsVoice = options.learning != .off
        learnsSource = options.adaptsToSource
        if let interval = options.posteriorInterval, !(0.05...60).contains(interval) {
            throw RecogniserError.option(name: "posteriorInterval", value: "\(interval)", allowed: "0.05 to 60 seconds")
        }
        guard model.recipe.normalisation.isImmediate else { throw RecogniserError.needsOtherRecordings(file: "the session") }
        let rate = model.recipe.features.sampleRate
        let seconds = isRecording && recogniser.frontEnd.functionals != nil ? Self.recordingBlock : Self.usualBlock
        block = max(1, Int((seconds * Double(rate)).rounded()))
        resampler = sampleRate == rate ? nil : try Resampler(from: sampleRate, to: rate)
        if options.learning != .off { try general.requireVoices() }
        if options.adaptsToSource, !general.isAdaptable {
            throw SourceError.notUsable(model: general.recipe.name, normalisation: general.recipe.normalisation.rawValue)
        }
        let use = options.isLearning ? .detected : options.speech ?? model.recipe.speech ?? .all
        switch use {
        case .all: engine = WholeEngine(recogniser, options)
        case .detected: engine = try SpeechEngine(recogniser, options, isRecording: isRecording)
        }
        isWhole = model.lookAhead == .whole
    }

    /// The voice of the speech heard so far; nil before there is any, and without `SessionOptions.learning`.
    public var voice: Voice? {
        guard learnsVoice, let (speech, seconds) = engine.learnt, speech.stretches > 0 else { return nil }
        return general.voice(of: speech, seconds: seconds)
    }

    /// The source of the speech heard so far, without what the recogniser knew of it; nil before there is any, and without
    /// `SessionOptions.adaptsToSource`.
    package var source: Source? {
        guard learnsSource, let (speech, seconds) = engine.learnt, speech.stretches > 0 else { return nil }
        return general.source(of: speech, seconds: seconds)
    }

    /// The speech that `voice` is of.
    var learnt: (speech: EnrolledSpeech, seconds: Double) {
        engine.learnt ?? (EnrolledSpeech(width: model.recipe.features.width, classes: model.labels.count), 0)
    }

    /// The stretches of speech that were judged as a whole, with `SessionOptions.keepsStretches`.
    var stretches: [JudgedStretch] { engine.stretches }

    /// Takes the next samples, mono in −1 … 1; returns the events that became certain.
    ///
    /// - Throws: `FeatureError.notFinite` if a sample is not finite or its magnitude is above 10⁵; the session is then unchanged.
    public func push(_ samples: [Float]) throws -> [SessionEvent] {
        precondition(!isFinished, "the session is finished")
        try samples.withUnsafeBufferPointer { try FrontEnd.check($0, limit: Self.loudest, position: received) }
        received += samples.count
        return try take(resampler.map { try $0.process(samples) } ?? samples)
    }

    /// Ends the session; returns the remaining events, the last of which is `.finished`.
    public func finish() throws -> [SessionEvent] {
        precondition(!isFinished, "the session is finished")
        isFinished = true
        var events = try resampler.map { try take($0.finish()) } ?? []
        if isWhole {
            isWhole = false
            var samples: [Float] = []
            swap(&samples, &pending)
            PeakLevel(of: samples, options: model.recipe.features).apply(to: &samples)
            sampleCount = 0
            events += try take(samples)
        }
        if !pending.isEmpty { events += try engine.push(pending) }
        return events + (try engine.finish(duration: Double(sampleCount) / Double(model.recipe.features.sampleRate)))
    }

    private func take(_ samples: [Float]) throws -> [SessionEvent] {
        sampleCount += samples.count
        // A short recording arrives at once, and is not copied.
        if pending.isEmpty { pending = samples } else { pending += samples }
        guard !isWhole else { return [] }
        var events: [SessionEvent] = []
        var start = 0
        defer { pending.removeFirst(start) }
        while start + block <= pending.count {
            start += block
            events += try engine.push(Array(pending[start - block..<start]))
        }
        return events
    }
}

extension Recogniser {
    /// A session for samples as they arrive.
    ///
    /// - Parameters:
    ///   - sampleRate: samples per second, 1000 … 1,000,000.
    ///   - options: what is reported, and how speech is found and cut.
    /// - Throws: `AudioError.badSampleRate` or an error about an invalid option.
    public func session(sampleRate: Int, options: SessionOptions = SessionOptions()) throws -> RecognitionSession {
        try RecognitionSession(self, sampleRate: sampleRate, options)
    }
}

/// What a model needs to know before it can decide about a moment.
public enum LookAhead: Sendable, Equatable {
    /// This many later frames.
    case frames(Int)
    /// The whole recording.
    case whole
}

extension Model {
    /// What the model needs to know before it can decide about a frame, apart from speech activity detection.
    public var lookAhead: LookAhead {
        guard recipe.features.peak == 0, recipe.normalisation.isImmediate else { return .whole }
        let network = ensemble.networks[0]
        let ahead = network.looksAhead ? PosteriorStream.chunk + PosteriorStream.overlap : network.framesHeldBack
        return .frames(recipe.features.lookAhead + ahead)
    }
}

/// The options of a `RecognitionSession`.
public struct SessionOptions: Sendable, Equatable {
    /// Seconds of speech between two posteriors, 0.05 … 60; nil reports none. Default 0.25.
    public var posteriorInterval: Double? = 0.25
    /// How speech is cut into segments. Default: at pauses and where its class changes.
    public var timeline = Timeline()
    /// The part of the session that decisions are about. Default: that of the model's recipe.
    public var speech: SpeechUse?
    /// Whether the stretches of speech that are judged as a whole are kept, with their features.
    package var keepsStretches = false
    /// How speech is found.
    public var activity = SpeechActivityOptions()
    /// Whether the voice is learnt from the session's own speech, which must be of one person. Learning needs `speech` to be detected.
    public var learning = VoiceLearning.off
    /// Whether the source is learnt from the session's own speech, which may be of several people. From each pause on, what has been heard so far is
    /// used, together with a source that the recogniser is adapted to already. Learning needs `speech` to be detected.
    public var adaptsToSource = false

    /// Whether anything is learnt.
    var isLearning: Bool { learning != .off || adaptsToSource }

    /// The default options.
    public init() {}
}

/// What a session does with the voice that it hears.
public enum VoiceLearning: Sendable, Equatable {
    /// Nothing.
    case off
    /// It is learnt, for `RecognitionSession.voice`, and does not change the session's own results.
    case gathered
    /// It is learnt, and from each pause on, what has been heard so far is used, together with a voice that the recogniser knows already.
    case applied
}
