import StimmungAudio
import StimmungFeatures
import StimmungSpeech
import StimmungTensors

/// Turns the samples of a session into events, block by block; samples are at the rate of the features.
protocol SessionEngine {
    mutating func push(_ samples: [Float]) throws -> [SessionEvent]
    mutating func finish(duration: Double) throws -> [SessionEvent]
    /// The speech heard so far, and its seconds; nil if the voice is not learnt.
    var learnt: (speech: EnrolledSpeech, seconds: Double)? { get }
    /// What has been judged as a whole; empty unless the options keep it.
    var stretches: [JudgedStretch] { get }
}

extension SessionEngine {
    var learnt: (speech: EnrolledSpeech, seconds: Double)? { nil }
    var stretches: [JudgedStretch] { [] }
}

/// Decides about detected speech.
struct SpeechEngine: SessionEngine {
    private var detector: SpeechDetector
    /// To the rate of the detector, where it differs.
    private let resampler: Resampler?
    private var extractor: FeatureExtractor
    /// Whether detector and features have the same high-pass, so that it is applied once.
    private let sharesHighPass: Bool
    private var segmenter: SpeechSegmenter

    /// - Parameter isRecording: whether events need not come early.
    init(_ recogniser: Recogniser, _ options: SessionOptions, isRecording: Bool) throws {
        let (model, frontEnd) = (recogniser.model, recogniser.frontEnd)
        detector = try SpeechDetector(SpeechModel.builtIn(), options: options.activity)
        let rate = model.recipe.features.sampleRate
        resampler = rate == SpeechScorer.sampleRate ? nil : try Resampler(from: rate, to: SpeechScorer.sampleRate)
        sharesHighPass = resampler == nil && frontEnd.options.highPass == SpeechDetector.highPass
        extractor = frontEnd.ofFrames.makeExtractor()
        let evidence: any Evidence =
            frontEnd.functionals.map { FunctionalsEvidence(recogniser, $0) }
            ?? FrameEvidence(model, options)
        // Posteriors on the way count from the last change that is known.
        let waitsForEnd = isRecording && options.posteriorInterval == nil
        segmenter = SpeechSegmenter(model, evidence, options, latency: detector.latency, waitsForEnd: waitsForEnd)
        if options.isLearning { segmenter.learner = SpeechLearner(recogniser, options) }
    }

    var learnt: (speech: EnrolledSpeech, seconds: Double)? { segmenter.learner.map { ($0.speech, $0.seconds) } }
    var stretches: [JudgedStretch] { segmenter.judgedStretches }

    mutating func push(_ samples: [Float]) throws -> [SessionEvent] {
        let activity = try detector.push(resampler.map { try $0.process(samples) } ?? samples)
        var frames = Matrix(rows: 0, columns: extractor.width)
        if sharesHighPass {
            extractor.push(filtered: detector.filtered, into: &frames)
        } else {
            try extractor.push(samples, into: &frames)
        }
        return segmenter.push(frames, activity)
    }

    mutating func finish(duration: Double) throws -> [SessionEvent] {
        var activity: [SpeechEvent] = []
        if let resampler { activity = try detector.push(resampler.finish()) }
        activity += detector.finish()
        var frames = Matrix(rows: 0, columns: extractor.width)
        extractor.finish(into: &frames)
        return segmenter.finish(frames, activity, duration: duration)
    }
}

/// Decides about everything: all of the session is one stretch of speech. Its segments are known at the end.
struct WholeEngine: SessionEngine {
    private let model: Model
    private let interval: Int?
    private var extractor: FeatureExtractor
    private var posteriors: Posteriors
    private var whole: Pooling
    private var segments: SegmentPooling
    /// Pooled posteriors since the last report.
    private var seen = 0
    private var isStarted = false

    private enum Posteriors {
        case frames(EnsembleStream)
        case functionals(FunctionalsPosteriors)
    }

    init(_ recogniser: Recogniser, _ options: SessionOptions) {
        let (model, frontEnd) = (recogniser.model, recogniser.frontEnd)
        self.model = model
        extractor = frontEnd.ofFrames.makeExtractor()
        posteriors =
            frontEnd.functionals.map { .functionals(FunctionalsPosteriors(model, $0, recogniser.memories)) }
            ?? .frames(EnsembleStream(model.ensemble))
        whole = model.pooling
        segments = SegmentPooling(options.timeline, model)
        interval = options.posteriorInterval.map { max(1, Int(($0 * Double(model.framesPerSecond)).rounded())) }
    }

    mutating func push(_ samples: [Float]) throws -> [SessionEvent] {
        var frames = Matrix(rows: 0, columns: extractor.width)
        try extractor.push(samples, into: &frames)
        var events: [SessionEvent] = isStarted ? [] : [.speechStarted(time: 0)]
        isStarted = true
        try take(&frames, &events)
        return events
    }

    private mutating func take(_ frames: inout Matrix, _ events: inout [SessionEvent]) throws {
        guard frames.rows > 0 else { return }
        switch posteriors {
        case .frames(var stream):
            model.normaliser?.apply(to: &frames)
            let logs = stream.push(frames)
            posteriors = .frames(stream)
            add(logs, &events)
        case .functionals(var functionals):
            try functionals.push(frames)
            posteriors = .functionals(functionals)
        }
    }

    private mutating func add(_ logs: Matrix, _ events: inout [SessionEvent]) {
        segments.add(logs)
        for row in 0..<logs.rows {
            whole.add(logs, rows: row..<row + 1)
            seen += 1
            guard let interval, seen % interval == 0 else { continue }
            let decided = model.decision(of: whole)
            let time = model.recipe.features.startTime(ofFrame: seen)
            events.append(
                .posterior(
                    SessionPosterior(
                        time: time, start: 0, label: decided.label, confidence: decided.confidence, probabilities: decided.probabilities,
                        familiarity: decided.familiarity)))
        }
    }

    mutating func finish(duration: Double) throws -> [SessionEvent] {
        var frames = Matrix(rows: 0, columns: extractor.width)
        extractor.finish(into: &frames)
        var events: [SessionEvent] = []
        try take(&frames, &events)
        switch posteriors {
        case .frames(var stream): add(stream.finish(), &events)
        case .functionals(var functionals):
            try functionals.finish()
            try functionals.addWhole(to: &whole)
            try functionals.addFrames(to: &segments)
        }
        guard whole.frames > 0 else {
            return events + [.finished(SessionSummary(duration: duration, speech: 0, probabilities: []))]
        }
        let decided = model.decision(of: whole)
        events += segments.finish(duration: duration).map { .segment($0) }
        if isStarted { events.append(.speechEnded(time: duration)) }
        events.append(
            .finished(
                SessionSummary(
                    duration: duration, speech: duration, label: decided.label, confidence: decided.confidence,
                    probabilities: decided.probabilities, familiarity: decided.familiarity)))
        return events
    }
}
